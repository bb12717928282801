import { createHash, randomUUID } from 'node:crypto';
import type { ServerOptions } from '@reprise/server-process';
import { clusterMain, standaloneMain } from './fixtures.js';

/** A cluster is a dozen processes. */
const CLUSTER_READY_WITHIN_MS = 300_000;
const ENGINES = ['REPRISE_AMQP_URL', 'REPRISE_MONGODB_URL', 'REPRISE_S3_ENDPOINT', 'REPRISE_S3_ACCESS_KEY', 'REPRISE_S3_SECRET_KEY'];

/** Whether the cluster is tested, by the same tests: `npm run test:cluster` says so, and which engines all its installations share. */
export const testsCluster = process.env.REPRISE_TEST_PRODUCT === 'cluster';

/** How what is tested is started. */
export function product(options: Omit<ServerOptions, 'main'>): ServerOptions {
  if (!testsCluster) return { main: standaloneMain, ...options };
  const engines = Object.fromEntries(ENGINES.map((name) => [name, process.env[name]!]));
  const env = { ...engines, REPRISE_INSTALLATION: installationOf(options.dataDir ?? randomUUID()), REPRISE_REPLICAS: '2', ...options.env };
  return { main: clusterMain, readyWithinMs: CLUSTER_READY_WITHIN_MS, ...options, env };
}

/** What a cluster keeps its data under: the same data folder is the same installation, also after a restart. */
export function installationOf(dataDir: string): string {
  return `t-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}
