import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { TestEngine } from './for-tests.js';

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmqctl';

/** What tests that turn screws of the broker say when they are skipped. */
export const HOW_TO_CONTROL_RABBIT = 'on Linux, with a broker of the tests’ own: unset REPRISE_TEST_AMQP_URL, and run: npm run engines -- install';

export function canControlRabbit(): boolean {
  return process.env.REPRISE_TEST_AMQP_URL === undefined && existsSync(PROGRAM) && existsSync('/proc/self/environ');
}

/** `rabbitmqctl` for a broker that the tests have started: what it prints. It finds the broker by the environment that it was started with. */
export async function rabbitControl({ url }: Pick<TestEngine, 'url'>, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(PROGRAM, ['--quiet', ...args], { env: environmentOf(new URL(url).port) });
  return stdout;
}

function environmentOf(port: string): NodeJS.ProcessEnv {
  for (const process of readdirSync('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    try {
      const lines = readFileSync(`/proc/${process}/environ`, 'utf8').split('\0');
      if (lines.includes(`RABBITMQ_NODE_PORT=${port}`)) return Object.fromEntries(lines.filter(Boolean).map((line) => splitAt(line, line.indexOf('='))));
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  throw new Error(`No broker of ours listens at ${port}.`);
}

function splitAt(line: string, index: number): [string, string] {
  return [line.slice(0, index), line.slice(index + 1)];
}
