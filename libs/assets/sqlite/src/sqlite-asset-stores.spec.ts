import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetStoresContract } from '@reprise/assets-testing';
import { SqliteDatabase } from '@reprise/sqlite';
import { assetTables } from './asset-tables.js';
import { SqliteDiscardedApps } from './sqlite-discarded-apps.js';
import { SqlitePendingUploads } from './sqlite-pending-uploads.js';
import { SqliteTagStore } from './sqlite-tag-store.js';

assetStoresContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-assets-'));
  const database = await SqliteDatabase.open(join(folder, 'test.sqlite'), [assetTables]);
  return {
    tags: new SqliteTagStore(database),
    uploads: new SqlitePendingUploads(database),
    discarded: new SqliteDiscardedApps(database),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
