import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryStoreContract } from '@reprise/app-registry-testing';
import { SqliteDatabase } from '@reprise/sqlite';
import { registryTables, SqliteRegistryStore } from './sqlite-registry-store.js';

registryStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const open = () => SqliteDatabase.open(join(folder, 'test.db'), [registryTables]);
  let database = await open();
  return {
    store: new SqliteRegistryStore(database),
    async reopen() {
      await database.close();
      database = await open();
      return new SqliteRegistryStore(database);
    },
    async close() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
