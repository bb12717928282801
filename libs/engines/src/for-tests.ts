import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@reprise/server-process';
import { hasDocker, startContainer } from './containers.js';
import type { EngineKind } from './engine.js';
import { EngineProcess } from './engine-process.js';
import { minio } from './minio.js';
import { mongoDb } from './mongodb.js';
import { endProcessesOf } from './processes.js';
import { rabbitMq } from './rabbitmq.js';
import { seaweedFs } from './seaweedfs.js';

/** An engine for tests. */
export interface TestEngine {
  url: string;
  accessKey: string;
  secretKey: string;
  /** Kills the engine as a power cut would, and starts it again on its data. Absent where the engine isn't ours. */
  restart?(): Promise<void>;
  /** Kills it and leaves it so, until {@link restart}. */
  kill?(): Promise<void>;
  stop(): Promise<void>;
}

const INSTALL = 'or start Docker, or run: npm run engines -- install';
/** What a suite that needs an engine says when it is skipped. */
export const HOW_TO_ENABLE_RABBIT = `set REPRISE_TEST_AMQP_URL, ${INSTALL}`;
export const HOW_TO_ENABLE_MONGO = `set REPRISE_TEST_MONGODB_URL, ${INSTALL}`;
export const HOW_TO_ENABLE_S3 = `set REPRISE_TEST_S3_ENDPOINT with _ACCESS_KEY and _SECRET_KEY, ${INSTALL}`;

const { REPRISE_TEST_AMQP_URL: amqp, REPRISE_TEST_MONGODB_URL: mongo, REPRISE_TEST_S3_ENDPOINT: s3 } = process.env;

/** Whether there is a broker for tests: the one at `REPRISE_TEST_AMQP_URL`, a container, or a program on this machine; in this order. */
export const hasRabbit = () => amqp !== undefined || hasDocker() || rabbitMq.isInstalled();
export const hasMongo = () => mongo !== undefined || hasDocker() || mongoDb.isInstalled();

export const startRabbit = () => (amqp === undefined ? startHere(rabbitMq) : given(amqp));
export const startMongo = () => (mongo === undefined ? startHere(mongoDb) : given(mongo));

/** The S3 servers that this machine has: the one by address, or each that can be started. */
export function s3Servers(): { name: string; start(): Promise<TestEngine> }[] {
  if (s3 !== undefined) return [{ name: 'the S3 server by address', start: () => given(s3) }];
  return [
    ...(hasDocker() || minio.isInstalled() ? [{ name: 'MinIO', start: () => startHere(minio) }] : []),
    ...(seaweedFs.isInstalled() ? [{ name: 'SeaweedFS', start: () => startOwn(seaweedFs) }] : []),
  ];
}

async function given(url: string): Promise<TestEngine> {
  const { REPRISE_TEST_S3_ACCESS_KEY: accessKey = '', REPRISE_TEST_S3_SECRET_KEY: secretKey = '' } = process.env;
  return { url, accessKey, secretKey, stop: async () => {} };
}

function startHere(kind: EngineKind): Promise<TestEngine> {
  return hasDocker() ? startContainer(kind.name) : startOwn(kind);
}

/** On free ports, with data in a folder that goes with it. */
async function startOwn(kind: EngineKind): Promise<TestEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-engine-'));
  const engine = kind.at({ folder, ports: await freePorts(kind.ports) });
  const start = () => EngineProcess.start(engine, join(folder, 'output.log'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  let running = await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return {
    url: engine.url,
    accessKey: engine.accessKey ?? '',
    secretKey: engine.secretKey ?? '',
    kill: () => running.kill(),
    restart: async () => {
      await running.kill();
      running = await start();
    },
    stop: async () => {
      await running.kill();
      await endProcessesOf(folder);
      await remove();
    },
  };
}
