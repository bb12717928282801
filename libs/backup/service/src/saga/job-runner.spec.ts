import { type Job, type JobStore, newBackup } from '@reprise/backup-core';
import { backupTables, SqliteJobStore } from '@reprise/backup-sqlite';
import { LoopBus } from '@reprise/backup-testing';
import { RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import type { MessageBus } from '@reprise/messaging-core';
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
  store = new SqliteJobStore(database, new SystemClock());
  await store.createBackup(newBackup({ id: 'b', principal, now: new Date(), app: { id: 'a', name: 'blog' } }), 10);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** A runner whose steps are `step`. */
function runner(step: (job: Job, run: Run) => Promise<boolean>, bus: MessageBus = new LoopBus()): JobRunner {
  const sagas = { step: (job: Job, _: unknown, run: Run) => step(job, run) } as unknown as Sagas;
  return new JobRunner(store, sagas, bus, new SystemClock(), new SilentLogger());
}

/** Keeps what it is sent. */
class Outbox extends LoopBus {
  readonly messages: unknown[] = [];
  override async enqueue(_: unknown, body: unknown): Promise<void> {
    this.messages.push(body);
  }
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
    const outbox = new Outbox();
    const jobs = runner(async (current) => {
      if (current.stage === 'cleaning') return false;
      throw errors.shift()!;
    }, outbox);
    await jobs.advance('b', 3);
    expect([(await store.find('b'))?.stage, outbox.messages]).toEqual(['created', [{ jobId: 'b', failures: 4 }]]);
    await jobs.advance('b');
    expect(await store.find('b')).toMatchObject({ stage: 'cleaning', outcome: { status: 'Failed', error: { code: 'storage.full' } } });
    expect(outbox.messages).toHaveLength(1);
  });

  it('fails when it was tried often enough', async () => {
    const outbox = new Outbox();
    const jobs = runner(async () => {
      throw new RepriseError('unavailable', 'storage.down', 'Down.');
    }, outbox);
    await jobs.advance('b', 19);
    expect(await store.find('b')).toMatchObject({ stage: 'cleaning', outcome: { status: 'Failed', error: { code: 'storage.down' } } });
    expect(outbox.messages).toEqual([{ jobId: 'b' }]);
  });

  it('lets its message go when a step takes long, and goes on', async () => {
    let end = () => {};
    const waiting = new Promise<void>((done) => (end = done));
    let steps = 0;
    const jobs = runner(async () => {
      await waiting;
      return ++steps < 3;
    });
    await jobs.advance('b');
    expect([steps, await store.lease('b', 1)]).toEqual([0, undefined]);
    end();
    await expect.poll(() => store.lease('b', 1)).toBeDefined();
    // Once more, because somebody wanted it meanwhile.
    expect(steps).toBe(4);
  });

  it('that another process has taken on meanwhile is left to it', async () => {
    const jobs = runner(async (current, run) => {
      await store.release('b', run.lease);
      expect(await store.lease('b', 60_000)).toBeDefined();
      await expect(run.hold()).rejects.toMatchObject({ code: 'jobs.lease-lost' });
      expect(run.signal.aborted).toBe(true);
      await store.save({ ...current, stopped: 'late' }, undefined, run.lease);
      return true;
    });
    await jobs.advance('b');
    expect(await store.find('b')).toMatchObject({ stage: 'created', version: 0 });
    expect(await store.lease('b', 1)).toBeUndefined();
  });

  it('is given back when the process stops', async () => {
    const outbox = new Outbox();
    const jobs = runner((_, { signal }) => new Promise((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error))), outbox);
    const advancing = jobs.advance('b');
    await expect.poll(() => store.lease('b', 1)).toBeUndefined();
    await jobs.onModuleDestroy();
    await advancing;
    expect([outbox.messages, await store.lease('b', 1)]).toEqual([[{ jobId: 'b' }], expect.any(String)]);
    await jobs.advance('b');
  });
});
