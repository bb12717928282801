/**
 * What `npm run bench` knows, by name: modules that export `bench(context)`, which answers rows for the table (see support/table.mjs). Those by
 * hand take long and make input of their own.
 */
export const benches = {
  backup: () => import('./backup.mjs'),
  'next-backup': () => import('./next-backup.mjs'),
  restore: () => import('./restore.mjs'),
  decode: () => import('./decode.mjs'),
  assets: () => import('./assets.mjs'),
  memory: () => import('./memory.mjs'),
  interactive: () => import('./interactive.mjs'),
};

export const byHand = {
  'million-events': () => import('./million-events.mjs'),
  'large-asset': () => import('./large-asset.mjs'),
  hostile: () => import('./hostile.mjs'),
  cluster: () => import('./cluster.mjs'),
};
