/** The standalone as a process that dies where it is told: from its start on by the environment, later by a message. */
import 'reflect-metadata';
import { FaultInjector } from '@reprise/fault-injection';
import { SilentLogger } from '@reprise/kernel';
import { readConfig, startServer } from '@reprise/standalone';
import { type CrashPlan, planOf } from './crash-plan.js';
import { portsAround } from './ports-around.js';

const injector = new FaultInjector();
const plan = process.env['CRASH_PLAN'];
if (plan !== undefined) injector.begin(planOf(JSON.parse(plan) as CrashPlan));

/** Answers how many calls there were under the plan before. */
process.on('message', ({ plan: next }: { plan?: CrashPlan }) => {
  const { total } = injector;
  injector.begin(planOf(next));
  process.send!({ total });
});
// It must not outlive the test.
process.on('disconnect', () => process.exit());

await startServer(readConfig(process.env), new SilentLogger(), '0.0.0', portsAround(injector));
