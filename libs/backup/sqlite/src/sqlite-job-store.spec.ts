import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobStoreContract } from '@reprise/backup-testing';
import { SystemClock } from '@reprise/kernel';
import { SqliteDatabase } from '@reprise/sqlite';
import { backupTables, SqliteJobStore } from './sqlite-job-store.js';

/** Time passes when it is told to. */
class TestClock extends SystemClock {
  passed = 0;
  override now(): Date {
    return new Date(super.now().getTime() + this.passed);
  }
}

jobStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-jobs-'));
  const file = join(folder, 'reprise.db');
  const database = await SqliteDatabase.open(file, [backupTables]);
  const clock = new TestClock();
  let current = database;
  return {
    store: new SqliteJobStore(database, clock),
    reopen: async () => {
      if (current !== database) await current.close();
      current = await SqliteDatabase.open(file, [backupTables]);
      return new SqliteJobStore(current, clock);
    },
    elapse: async (ms) => void (clock.passed += ms),
    close: async () => {
      if (current !== database) await current.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
});
