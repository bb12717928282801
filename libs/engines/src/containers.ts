import { spawnSync } from 'node:child_process';
import { freePort } from '@reprise/server-process';
import type { EngineName } from './engine.js';
import type { TestEngine } from './for-tests.js';

/** An engine's own image, as `docker-compose.yml` names it. */
interface Container {
  image: string;
  port: number;
  command?: string[];
  env?: Record<string, string>;
  /** What it says when it takes connections. */
  says: RegExp;
  /** Run in it once, when it takes connections. */
  prepare?: string[];
  url: (address: string) => string;
}

const [ACCESS_KEY, SECRET_KEY] = ['reprise', 'reprise-on-loopback'];
const START_WITHIN_MS = 180_000;

const CONTAINERS: Partial<Record<EngineName, Container>> = {
  rabbitmq: {
    image: 'rabbitmq:4',
    port: 5672,
    says: /Server startup complete/,
    url: (address) => `amqp://guest:guest@${address}`,
  },
  mongodb: {
    image: 'mongo:8',
    port: 27017,
    command: ['--replSet', 'rs0'],
    says: /Waiting for connections/,
    // Resolves when it is the primary.
    prepare: ['mongosh', '--quiet', '--eval', 'rs.initiate(); while (!db.hello().isWritablePrimary) sleep(100)'],
    url: (address) => `mongodb://${address}/?directConnection=true`,
  },
  minio: {
    image: 'minio/minio:RELEASE.2025-09-07T16-13-09Z',
    port: 9000,
    command: ['server', '/data'],
    env: { MINIO_ROOT_USER: ACCESS_KEY, MINIO_ROOT_PASSWORD: SECRET_KEY },
    says: /API: /,
    url: (address) => `http://${address}`,
  },
};

let answered: boolean | undefined;

/** Whether a Docker engine answers on this machine. */
export function hasDocker(): boolean {
  return (answered ??= spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0);
}

/** Starts an engine's own image, on a port of this machine that stays the same when it is restarted. Fails when there is no image for it. */
export async function startContainer(name: EngineName): Promise<TestEngine> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { image, port, command, env = {}, says, prepare, url } = CONTAINERS[name]!;
  const host = await freePort();
  const container = new GenericContainer(image)
    .withExposedPorts({ container: port, host })
    .withEnvironment(env)
    .withWaitStrategy(Wait.forLogMessage(says))
    .withStartupTimeout(START_WITHIN_MS);
  const started = await (command ? container.withCommand(command) : container).start();
  if (prepare) {
    const { exitCode, output } = await started.exec(prepare);
    if (exitCode !== 0) throw new Error(`${image} could not be made ready: ${output}`);
  }
  // As a power cut would: nothing is asked.
  const kill = () => spawnSync('docker', ['kill', started.getId()], { stdio: 'ignore' });
  return {
    url: url(`127.0.0.1:${host}`),
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    kill: async () => void kill(),
    restart: async () => {
      kill();
      await started.restart();
    },
    stop: async () => {
      await started.stop();
    },
  };
}
