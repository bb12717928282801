import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { hasDocker } from './containers.js';
import type { TestEngine } from './for-tests.js';
import { environmentOf, processes } from './processes.js';

const run = promisify(execFile);
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmqctl';

/** What tests that turn screws of the broker say when they are skipped. */
export const HOW_TO_CONTROL_RABBIT =
  'with a broker of the tests’ own: unset REPRISE_TEST_AMQP_URL, and start Docker, or on Linux run: npm run engines -- install';

export function canControlRabbit(): boolean {
  return process.env.REPRISE_TEST_AMQP_URL === undefined && (hasDocker() || (existsSync(PROGRAM) && existsSync('/proc/self/environ')));
}

/** `rabbitmqctl` for a broker that was started on this machine: what it prints. It finds the broker by the environment that it was started with, else a container by its port. */
export async function rabbitControl({ url }: Pick<TestEngine, 'url'>, ...args: string[]): Promise<string> {
  const { port } = new URL(url);
  const env = environmentOfBroker(port);
  if (env) return (await run(PROGRAM, ['--quiet', ...args], { env })).stdout;
  const container = (await run('docker', ['ps', '--quiet', '--filter', `publish=${port}`])).stdout.trim();
  return (await run('docker', ['exec', container, 'rabbitmqctl', '--quiet', ...args])).stdout;
}

function environmentOfBroker(port: string): NodeJS.ProcessEnv | undefined {
  return processes()
    .map(environmentOf)
    .find((env) => env?.RABBITMQ_NODE_PORT === port);
}
