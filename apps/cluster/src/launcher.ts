import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@reprise/kernel';
import { lockFolder } from '@reprise/sqlite';
import { ClusterFile } from './cluster-file.js';
import type { ClusterConfig } from './config.js';
import { Engines } from './engines.js';
import { Services, WORKERS } from './services.js';

const SERVICES_STOP_MS = 12_000;
/** Services that are still starting have little in hand, and killing them loses nothing. */
const STARTING_SERVICES_STOP_MS = 2_000;
const ENGINES_STOP_MS = 8_000;

export interface Cluster {
  /** Of the root client, when it was made at this start. */
  freshSecret: string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts engines, makes what they need to have, starts the workers, then the gateway; resolves when it answers. When that fails, or the signal
 * ends it, it rejects after everything that was started is stopped again.
 */
export async function startCluster(config: ClusterConfig, env: NodeJS.ProcessEnv, logger: Logger, signal: AbortSignal): Promise<Cluster> {
  const lock = lockFolder(config.dataDir, 'REPRISE_DATA_DIR');
  const file = new ClusterFile(config.dataDir, logger);
  const engines = new Engines(config, file, logger);
  let services: Services | undefined;
  const start = async () => {
    file.clear();
    const addresses = await engines.start(signal);
    signal.throwIfAborted();
    services = new Services(config, { ...env, REPRISE_ARCHIVE_THREADS: String(config.archiveThreads), ...addresses }, file, logger);
    await services.run('migration', signal);
    const replicas = Array.from({ length: config.replicas }, (_, index) => index + 1);
    await Promise.all(WORKERS.flatMap((name) => replicas.map((replica) => services!.start(name, replica, signal))));
    await services.start('gateway', 1, signal);
    await untilAnswered(`http://127.0.0.1:${config.port}/api/ping`, signal);
    return services.freshSecret;
  };
  const stop = async (servicesMs: number) => {
    try {
      await services?.stop(servicesMs);
    } finally {
      await engines.stop(ENGINES_STOP_MS);
      file.clear();
      lock.release();
    }
  };
  try {
    const freshSecret = await Promise.race([start(), endOf(signal)]);
    return { freshSecret, stop: () => stop(SERVICES_STOP_MS) };
  } catch (error) {
    await stop(STARTING_SERVICES_STOP_MS);
    // Nobody could ask for it at the next start.
    if (services?.freshSecret) process.stdout.write(`The root client's secret, not shown again: ${services.freshSecret}\n`);
    throw error;
  }
}

/** Rejects when the signal comes. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function untilAnswered(url: string, signal: AbortSignal): Promise<void> {
  while ((await fetch(url, { signal }).catch(() => undefined))?.status !== 204) await pause(50, undefined, { signal });
}
