import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobStoreContract } from '@reprise/backup-testing';
import { SqliteDatabase } from '@reprise/sqlite';
import { backupTables, SqliteJobStore } from './sqlite-job-store.js';

jobStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-jobs-'));
  const file = join(folder, 'reprise.db');
  const database = await SqliteDatabase.open(file, [backupTables]);
  let current = database;
  return {
    store: new SqliteJobStore(database),
    reopen: async () => {
      if (current !== database) await current.close();
      current = await SqliteDatabase.open(file, [backupTables]);
      return new SqliteJobStore(current);
    },
    close: async () => {
      if (current !== database) await current.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
