import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@reprise/kernel';
import { lockFolder } from '@reprise/sqlite';
import { ClusterFile } from './cluster-file.js';
import type { ClusterConfig } from './config.js';
import { Engines } from './engines.js';
import { endLeftovers } from './leftovers.js';
import { Services, WORKERS } from './services.js';

const SERVICES_STOP_MS = 12_000;
const ENGINES_STOP_MS = 8_000;

export interface Cluster {
  /** Of the root client, when it was made at this start. */
  freshSecret: string | undefined;
  stop(): Promise<void>;
}

/** Starts engines, makes what they need to have, starts the workers, then the gateway; resolves when it answers. */
export async function startCluster(config: ClusterConfig, env: NodeJS.ProcessEnv, logger: Logger): Promise<Cluster> {
  const lock = lockFolder(config.dataDir, 'REPRISE_DATA_DIR');
  const file = new ClusterFile(config.dataDir);
  await endLeftovers(file, config.dataDir);
  file.clear();
  const engines = new Engines(config, file, logger);
  let services: Services | undefined;
  const stop = async () => {
    await services?.stop(SERVICES_STOP_MS);
    await engines.stop(ENGINES_STOP_MS);
    file.clear();
    lock.release();
  };
  try {
    services = new Services(config, { ...env, REPRISE_ARCHIVE_THREADS: String(config.archiveThreads), ...(await engines.start()) }, file, logger);
    await services.run('migration');
    const replicas = Array.from({ length: config.replicas }, (_, index) => index + 1);
    await Promise.all(WORKERS.flatMap((name) => replicas.map((replica) => services!.start(name, replica))));
    await services.start('gateway', 1);
    await untilAnswered(`http://127.0.0.1:${config.port}/api/ping`);
    return { freshSecret: services.freshSecret, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilAnswered(url: string): Promise<void> {
  while ((await fetch(url).catch(() => undefined))?.status !== 204) await pause(50);
}
