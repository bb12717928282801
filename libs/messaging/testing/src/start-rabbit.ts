import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A broker for tests. */
export interface Rabbit {
  url: string;
  /** Kills the broker as a power cut would, and starts it again on its data. Absent where the broker isn't ours. */
  restart?(): Promise<void>;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 60_000;
/** The program itself: the wrapper that Debian puts into the path changes the user. */
const FOLDERS = ['/usr/lib/rabbitmq/bin', ...(process.env.PATH ?? '').split(delimiter)];

/** What a suite that needs a broker says when it is skipped. */
export const HOW_TO_ENABLE_RABBIT = 'set REPRISE_TEST_AMQP_URL, or run: npm run engines -- install';

/** Whether there is a broker for tests: the one at `REPRISE_TEST_AMQP_URL`, or a program on this machine. */
export function hasRabbit(): boolean {
  return process.env.REPRISE_TEST_AMQP_URL !== undefined || programs() !== undefined;
}

export async function startRabbit(): Promise<Rabbit> {
  const given = process.env.REPRISE_TEST_AMQP_URL;
  if (given !== undefined) return { url: given, stop: async () => {} };
  const found = programs();
  if (!found) throw new Error(`There is no RabbitMQ: ${HOW_TO_ENABLE_RABBIT}.`);

  const folder = await mkdtemp(join(tmpdir(), 'reprise-rabbit-'));
  const [port, distribution, epmd] = await freePorts(3);
  const environment = {
    ...process.env,
    // Its own port mapper, cookie and folders: nothing is shared with another broker, and nothing stays.
    HOME: folder,
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `reprise-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2',
  };
  const start = async () => {
    // A process group of its own, so that the virtual machine under the script ends with it.
    const broker = spawn(found.server, { env: environment, detached: true, stdio: 'ignore' });
    try {
      await listening(port!, broker);
    } catch (error) {
      await kill(broker);
      throw error;
    }
    return broker;
  };
  let broker = await start();
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    restart: async () => {
      await kill(broker);
      broker = await start();
    },
    stop: async () => {
      await kill(broker);
      await forget(found.epmd, environment);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function programs(): { server: string; epmd: string } | undefined {
  const server = FOLDERS.map((folder) => join(folder, 'rabbitmq-server')).find(existsSync);
  const epmd = FOLDERS.map((folder) => join(folder, 'epmd')).find(existsSync);
  return server && epmd ? { server, epmd } : undefined;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listening(port: number, broker: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS;
  while (performance.now() < deadline) {
    if (broker.exitCode !== null) throw new Error(`RabbitMQ ended with code ${broker.exitCode} while it started.`);
    if (await answers(port)) return;
    await sleep(100);
  }
  throw new Error('RabbitMQ did not start in time.');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Resolves when the whole process group is gone; the script alone may be gone before the virtual machine. */
async function kill(broker: ChildProcess): Promise<void> {
  try {
    for (;;) {
      process.kill(-broker.pid!, 'SIGKILL');
      await sleep(20);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The port mapper that the broker started outlives it, and lets go of a killed broker's name after a moment. */
async function forget(epmd: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      execFileSync(epmd, ['-kill'], { env, stdio: 'ignore' });
      return;
    } catch {
      await sleep(100);
    }
  }
}
