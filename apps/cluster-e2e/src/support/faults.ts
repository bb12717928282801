import { setTimeout as pause } from 'node:timers/promises';
import { ENGINES, type EngineName, type RunningCluster, type Service, WORKERS } from './running-cluster.js';

export interface Fault {
  name: string;
  /** Resolves when nothing is kept from running any more. */
  inject(): Promise<void>;
}

/** Longer than a lease, so that another takes over what a frozen one has. */
const PAST_LEASE_MS = 35_000;

const SERVICES: readonly Service[] = ['gateway', ...WORKERS];

/**
 * Of a cluster with engines of its own, without end. The first ten kill each service and each engine, and freeze one worker past its lease; the next
 * nine kill both replicas of each worker service, and freeze the others; and so on. The order within each of these is chance.
 */
export function* faultsOf(cluster: RunningCluster, random: () => number): Generator<Fault, never> {
  const either = () => 1 + Math.floor(random() * 2);
  const kill = (name: Service | EngineName): Fault => ({
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
  for (;;) {
    const [frozen, ...frozenLater] = shuffled(WORKERS, random).map(freeze);
    yield* shuffled([...SERVICES.map(kill), ...ENGINES.map(kill), frozen!], random);
    yield* shuffled([...WORKERS.map(killBoth), ...frozenLater], random);
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = items.map((item) => ({ item, at: random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
