import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelStoreContract } from '@reprise/read-models-testing';
import { SqliteDatabase } from '@reprise/sqlite';
import { readModelTables, SqliteReadModelStore } from './sqlite-read-model-store.js';

readModelStoreContract('SqliteReadModelStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-read-models-'));
  const database = await SqliteDatabase.open(join(folder, 'data.sqlite'), [readModelTables]);
  return {
    store: new SqliteReadModelStore(database),
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
