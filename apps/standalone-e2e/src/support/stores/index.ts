import { installationOf, testsCluster } from '../product.js';
import { ClusterStores } from './cluster-stores.js';
import { StandaloneStores } from './standalone-stores.js';
import type { Stores } from './stores.js';

export { keysIn, type Stores } from './stores.js';

/** Of the installation that was started with this data folder; see `startStandalone`. */
export function openStores(dataDir: string): Promise<Stores> {
  return testsCluster ? ClusterStores.open(installationOf(dataDir)) : StandaloneStores.open(dataDir);
}
