import { setTimeout as pause } from 'node:timers/promises';
import { ENGINES, type RunningCluster, type Service, WORKERS } from './running-cluster.js';

export interface Fault {
  name: string;
  /** Resolves when nothing is kept from running any more. */
  inject(): Promise<void>;
}

/** Longer than a lease, so that another takes over what a frozen one has. */
const PAST_LEASE_MS = 35_000;

const SERVICES: readonly Service[] = ['gateway', ...WORKERS];

/** Of a cluster with engines of its own: each service killed, each engine, both replicas of each service, and workers frozen past their leases. */
export function faultsOf(cluster: RunningCluster, random: () => number): Fault[] {
  const either = () => 1 + Math.floor(random() * 2);
  const kill = (name: Service | (typeof ENGINES)[number]): Fault => ({
    name: `${name} killed`,
    inject: () => cluster.kill(name, WORKERS.some((worker) => worker === name) ? either() : undefined),
  });
  const killBoth = (name: Service): Fault => ({ name: `both of ${name} killed`, inject: () => cluster.kill(name) });
  const freeze = (name: Service): Fault => ({
    name: `${name} frozen`,
    inject: async () => {
      const pids = cluster.pidsOf(name, either());
      cluster.signal(pids, 'SIGSTOP');
      await pause(PAST_LEASE_MS);
      cluster.signal(pids, 'SIGCONT');
    },
  });
  return [...SERVICES.map(kill), ...ENGINES.map(kill), freeze('backup-orchestrator'), ...WORKERS.map(killBoth), freeze('contents'), freeze('event-store')];
}
