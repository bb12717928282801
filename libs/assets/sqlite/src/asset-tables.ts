import type { SqliteModule } from '@reprise/sqlite';

/** The database of the adapters in here must have been opened with it. */
export const assetTables: SqliteModule = { name: 'assets', url: new URL('./assets.procedures.js', import.meta.url).href };
