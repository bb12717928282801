import { testsCluster } from '../product.js';
import { ClusterInside } from './cluster-inside.js';
import type { Inside } from './inside.js';
import { StandaloneInside } from './standalone-inside.js';

export type { Hold, Inside } from './inside.js';

/** Of what is tested. */
export function startInside(): Promise<Inside> {
  return testsCluster ? ClusterInside.start() : StandaloneInside.start();
}
