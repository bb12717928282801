import { type Job, type JobStore, newBackup } from '@reprise/backup-core';
import { backupTables, SqliteJobStore } from '@reprise/backup-sqlite';
import { LoopBus } from '@reprise/backup-testing';
import { RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import { SqliteDatabase } from '@reprise/sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobRunner } from './job-runner.js';
import type { Run } from './run.js';
import type { Sagas } from './sagas.js';

const principal = { actor: 'client:root', administrator: true };

let folder: string;
let database: SqliteDatabase;
let store: JobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reprise-runner-'));
  database = await SqliteDatabase.open(join(folder, 'jobs.db'), [backupTables]);
  store = new SqliteJobStore(database);
  await store.createBackup(newBackup({ id: 'b', principal, now: new Date(), app: { id: 'a', name: 'blog' } }), 10);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** A runner whose steps are `step`. */
function runner(step: (job: Job, run: Run) => Promise<boolean>): JobRunner {
  const sagas = { step: (job: Job, _: unknown, run: Run) => step(job, run) } as unknown as Sagas;
  return new JobRunner(store, sagas, new LoopBus(), new SystemClock(), new SilentLogger());
}

describe('a job', () => {
  it('is taken on once at a time, and looked at again when that was asked for meanwhile', async () => {
    let [running, most, steps] = [0, 0, 0];
    const jobs = runner(async () => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 5));
      running--;
      return steps++ === 0;
    });
    await Promise.all([jobs.advance('b'), jobs.advance('b'), jobs.advance('b')]);
    expect([most, steps]).toEqual([1, 3]);
  });

  it('hears of a cancellation that comes while it is read', async () => {
    const { find } = store;
    let interrupted = false;
    const aborted: boolean[] = [];
    const jobs = runner(async (_, { signal }) => {
      aborted.push(signal.aborted);
      return false;
    });
    store.find = async (id) => {
      const found = await find.call(store, id);
      if (!interrupted) jobs.interrupt('b');
      interrupted = true;
      return found;
    };
    await jobs.advance('b');
    await jobs.advance('b');
    expect(aborted).toEqual([true, false]);
  });

  it('fails for what cannot be repaired, and waits for what can', async () => {
    const errors = [new RepriseError('unavailable', 'storage.down', 'Down.'), new RepriseError('unavailable', 'storage.full', 'Full.')];
    const jobs = runner(async (current) => {
      if (current.stage === 'cleaning') return false;
      throw errors.shift()!;
    });
    await expect(jobs.advance('b')).rejects.toMatchObject({ code: 'storage.down' });
    expect((await store.find('b'))?.stage).toBe('created');
    await jobs.advance('b');
    expect(await store.find('b')).toMatchObject({ stage: 'cleaning', outcome: { status: 'Failed', error: { code: 'storage.full' } } });
  });
});
