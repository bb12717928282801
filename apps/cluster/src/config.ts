import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_THREADS } from '@reprise/backup-archive';
import { areAllowableHosts } from '@reprise/backup-service';
import { BrokerClients } from '@reprise/gateway-amqp';
import {
  addressSettings,
  backupSettings,
  baseUrlOf,
  brokerClientSettings,
  engineSettings,
  limitSettings,
  patienceSettings,
  readSettings,
  rootClientSettings,
  threadSettings,
  wholeNumber,
} from '@reprise/settings';
import { isUsableFolder } from '@reprise/sqlite';
import { z } from 'zod';

const { REPRISE_AMQP_URL, REPRISE_MONGODB_URL, REPRISE_S3_ENDPOINT, REPRISE_S3_ACCESS_KEY, REPRISE_S3_SECRET_KEY, ...otherEngineSettings } = engineSettings;

/** Those of every service, so that a bad one is told before anything is started. An engine without an address is one that is started here. */
const SETTINGS = {
  ...addressSettings,
  REPRISE_DATA_DIR: z.string().refine(isUsableFolder, 'must be a folder that may be written to').default('./data-cluster'),
  REPRISE_REPLICAS: wholeNumber(1, 16, 'must be a whole number from 1 to 16').default(2),
  ...rootClientSettings,
  ...backupSettings(areAllowableHosts),
  ...brokerClientSettings((text) => BrokerClients.parse(text)),
  ...limitSettings,
  ...patienceSettings,
  ...threadSettings,
  ...otherEngineSettings,
  REPRISE_AMQP_URL: REPRISE_AMQP_URL.optional(),
  REPRISE_MONGODB_URL: REPRISE_MONGODB_URL.optional(),
  REPRISE_S3_ENDPOINT: REPRISE_S3_ENDPOINT.optional(),
  REPRISE_S3_ACCESS_KEY: REPRISE_S3_ACCESS_KEY.optional(),
  REPRISE_S3_SECRET_KEY: REPRISE_S3_SECRET_KEY.optional(),
};

export interface ClusterConfig {
  port: number;
  baseUrl: string;
  dataDir: string;
  logDir: string;
  /** Of each worker service. */
  replicas: number;
  /** Of each process that works on archives. */
  archiveThreads: number;
  rootClientId: string;
  /** Whether the caller knows the root client's secret. */
  knowsSecret: boolean;
  /** Where engines are that need not be started. */
  addresses: { rabbitmq?: string; mongodb?: string; minio?: string };
}

/** Error `ConfigError` names every bad setting at once. */
export function readConfig(env: NodeJS.ProcessEnv): ClusterConfig {
  const settings = readSettings(SETTINGS, env);
  const dataDir = resolve(settings.REPRISE_DATA_DIR);
  const { REPRISE_AMQP_URL: rabbitmq, REPRISE_MONGODB_URL: mongodb, REPRISE_S3_ENDPOINT: minio } = settings;
  return {
    port: settings.PORT,
    baseUrl: baseUrlOf(settings),
    dataDir,
    logDir: join(dataDir, 'logs'),
    replicas: settings.REPRISE_REPLICAS,
    archiveThreads: settings.REPRISE_ARCHIVE_THREADS ?? threadsEach(settings.REPRISE_REPLICAS),
    rootClientId: settings.REPRISE_ROOT_CLIENT_ID,
    knowsSecret: settings.REPRISE_ROOT_CLIENT_SECRET !== undefined,
    addresses: { ...(rabbitmq ? { rabbitmq } : {}), ...(mongodb ? { mongodb } : {}), ...(minio ? { minio } : {}) },
  };
}

/** Replicas on one machine share its cores: threads beyond these get in each other's way. */
function threadsEach(replicas: number): number {
  return Math.max(1, Math.min(DEFAULT_THREADS, Math.floor(availableParallelism() / replicas)));
}
