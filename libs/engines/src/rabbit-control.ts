import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { hasDocker } from './containers.js';
import type { TestEngine } from './for-tests.js';

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
  const env = environmentOf(port);
  if (env) return (await run(PROGRAM, ['--quiet', ...args], { env })).stdout;
  const container = (await run('docker', ['ps', '--quiet', '--filter', `publish=${port}`])).stdout.trim();
  return (await run('docker', ['exec', container, 'rabbitmqctl', '--quiet', ...args])).stdout;
}

function environmentOf(port: string): NodeJS.ProcessEnv | undefined {
  if (!existsSync('/proc/self/environ')) return undefined;
  for (const process of readdirSync('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    try {
      const lines = readFileSync(`/proc/${process}/environ`, 'utf8').split('\0');
      if (lines.includes(`RABBITMQ_NODE_PORT=${port}`)) return Object.fromEntries(lines.filter(Boolean).map((line) => splitAt(line, line.indexOf('='))));
    } catch {
      // Gone meanwhile, or another user's.
    }
  }
  return undefined;
}

function splitAt(line: string, index: number): [string, string] {
  return [line.slice(0, index), line.slice(index + 1)];
}
