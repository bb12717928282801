import type { BackupJob, NewSegment } from '@reprise/backup-core';
import { aBackup, aRestore, completed } from '@reprise/backup-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { FaultInjector, Gate, type Plan } from '@reprise/fault-injection';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { cutAtEachWrite, TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupCollections, JOBS, SEGMENTS, UPLOADS, type JobDocument, type SegmentDocument, type UploadDocument } from './documents.js';
import { MongoJobStore } from './mongo-job-store.js';

const exports = (count: number): NewSegment[] =>
  Array.from({ length: count }, (_, i) => ({ id: `export-events-${i}`, stage: 'export', kind: 'export-events', from: i * 10 + 1, to: i * 10 + 10 }));
const discards: NewSegment[] = [{ id: 'discard-events', stage: 'discard', kind: 'discard-events', from: 0, to: 0 }];
const result = { events: 10, assets: 0, lostAssets: 0, bytes: 1, warnings: [], moreWarnings: 0 };

describe.skipIf(!hasMongo())(`Steps of the job store on MongoDB that are cut short (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  let database: MongoDatabase;
  let store: MongoJobStore;
  beforeAll(async () => {
    server = await TestServer.start();
    ({ database } = await server.database(backupCollections));
    store = new MongoJobStore(database);
  }, 90_000);
  afterAll(() => server?.stop());

  const jobs = () => database.collection<JobDocument>(JOBS);
  const uploads = () => database.collection<UploadDocument>(UPLOADS);
  const states = async (jobId: string) =>
    [...(await store.segments(jobId, 'export')), ...(await store.segments(jobId, 'discard'))].map(({ id, state }) => `${id} ${state}`);

  /** Three exports: one done, one running, one waiting. */
  const exporting = async () => {
    const backup = aBackup({ id: newId(), name: 'blog' });
    await store.createBackup(backup, 10);
    const job = (await store.save(backup, { add: exports(3) })) as BackupJob;
    const [done, running] = await store.claim(job.id, 'export', 2);
    await store.finish(job.id, done!.id, done!.token!, result);
    return { job, running: running! };
  };
  const BEFORE = ['export-events-0 done', 'export-events-1 running', 'export-events-2 waiting'];

  it.each([
    {
      changes: { drop: ['export' as const], add: discards },
      after: ['export-events-0 done', 'export-events-1 running', 'export-events-2 dropped', 'discard-events waiting'],
    },
    { changes: { restart: ['export' as const] }, after: ['export-events-0 waiting', 'export-events-1 waiting', 'export-events-2 waiting'] },
    { changes: { clear: true }, after: [] as string[] },
    { changes: { clear: true, add: discards }, after: ['discard-events waiting'] },
  ])('save: the job and its segments change together ($changes)', async ({ changes, after }) => {
    const cuts = await cutAtEachWrite(database, {
      arrange: exporting,
      act: (failing, { job }) => new MongoJobStore(failing).save({ ...job, root: 'changed' }, changes),
      then: async ({ job, running }, cut) => {
        const isStored = (await store.find(job.id))?.version === job.version + 1;
        expect(isStored, cut).toBe(cut !== 'before write 1');
        expect(await states(job.id), cut).toEqual(isStored ? after : BEFORE);
        // Whatever a part of the job did meanwhile is kept by whoever comes late with the same change.
        const stillRuns = !isStored || after.includes('export-events-1 running');
        expect(await store.finish(job.id, running.id, running.token!, result), cut).toBe(stillRuns);
        const again = await store.save({ ...job, root: 'changed' }, changes);
        expect(again === undefined, cut).toBe(isStored);
        expect((await jobs().findOne({ _id: job.id }))?.pending, cut).toBeUndefined();
      },
    });
    expect(cuts).toBeGreaterThanOrEqual(6);
  });

  it('save: a change that was cut short is carried out before a worker gets, finishes or renews a segment', async () => {
    const looks = [
      async ({ job }: Awaited<ReturnType<typeof exporting>>) => void expect(await store.claim(job.id, 'export', 5)).toEqual([]),
      async ({ job }: Awaited<ReturnType<typeof exporting>>) => void expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 1 }),
      async ({ job }: Awaited<ReturnType<typeof exporting>>) =>
        void expect((await store.look(job.id))?.progress.export).toMatchObject({ waiting: 0, running: 1 }),
      async ({ job }: Awaited<ReturnType<typeof exporting>>) => void expect(await store.save({ ...job, version: job.version + 1 })).toBeDefined(),
      async ({ job, running }: Awaited<ReturnType<typeof exporting>>) =>
        void expect(await store.renew(job.id, running.id, running.token!)).toMatchObject({ id: job.id }),
    ];
    for (const look of looks) {
      await cutAtEachWrite(database, {
        arrange: exporting,
        act: (failing, { job }) => new MongoJobStore(failing).save(job, { drop: ['export'] }),
        then: async (fixture, cut) => {
          if (cut === 'before write 1') return;
          await look(fixture);
          expect(await states(fixture.job.id), cut).toContain('export-events-2 dropped');
        },
      });
    }
  });

  it('save: one who is held up in the middle of a change undoes nothing of what came after it', async () => {
    for (const method of ['updateMany', 'insertMany']) {
      const { job } = await exporting();
      const [injector, gate] = [new FaultInjector(), new Gate()];
      let held = false;
      const plan: Plan = (call) => (call.method === method && !held ? ((held = true), gate.holding('before')) : undefined);
      injector.begin(plan);
      const slow = new MongoJobStore({ collection: (name: string) => injector.around(name, database.collection(name)) } as unknown as MongoDatabase);
      const saving = slow.save(job, { restart: ['export'], add: discards });
      await gate.reached;
      const [segment] = await store.claim(job.id, 'export', 1);
      expect(segment).toMatchObject({ id: 'export-events-0', attempts: 1 });
      expect(await store.finish(job.id, segment!.id, segment!.token!, result)).toBe(true);
      const [discard] = await store.claim(job.id, 'discard', 1);
      gate.open();
      await saving;
      expect(await states(job.id)).toEqual(['export-events-0 done', 'export-events-1 waiting', 'export-events-2 waiting', 'discard-events running']);
      expect(await store.finish(job.id, discard!.id, discard!.token!, result)).toBe(true);
      expect(await store.find(job.id)).toMatchObject({ version: job.version + 1 });
    }
  });

  it('save: one who is held up until the job has ended brings no segment back', async () => {
    const { job } = await exporting();
    const [injector, gate] = [new FaultInjector(), new Gate()];
    injector.begin(({ method }) => (method === 'insertMany' ? gate.holding('before') : undefined));
    const slow = new MongoJobStore({ collection: (name: string) => injector.around(name, database.collection(name)) } as unknown as MongoDatabase);
    const saving = slow.save(job, { add: discards });
    await gate.reached;
    expect(await store.segments(job.id, 'discard')).toHaveLength(1);
    await store.save({ ...completed(job), version: job.version + 1 }, { clear: true });
    gate.open();
    await saving;
    expect(await states(job.id)).toEqual([]);
    expect(await store.claim(job.id, 'discard', 1)).toEqual([]);
  });

  it('createBackup: a repeat answers the one backup, and the app may have no second', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: async () => aBackup({ id: newId(), name: 'blog' }, { key: newId() }),
      act: (failing, job) => new MongoJobStore(failing).createBackup(job, 10),
      then: async (job, cut) => {
        const stored = (await store.list({ appId: job.app.id })).length;
        expect(await store.createBackup({ ...job, id: newId() }, 10), cut).toMatchObject(stored === 0 ? { key: job.key } : { id: job.id });
        await expect(store.createBackup(aBackup(job.app), 10), cut).rejects.toMatchObject({ code: 'backups.already-running' });
        expect(await store.list({ appId: job.app.id }), cut).toHaveLength(1);
      },
    });
    expect(cuts).toBe(6);
  });

  it('createBackup: though nobody repeats it, the app may have a backup', async () => {
    await cutAtEachWrite(database, {
      arrange: async () => aBackup({ id: newId(), name: 'blog' }),
      act: (failing, job) => new MongoJobStore(failing).createBackup(job, 10),
      then: async (job, cut) => {
        await store.list({ needsWork: true });
        expect(await jobs().countDocuments({ app: job.app.id }), cut).toBe(cut === 'after write 3' ? 1 : 0);
        if (cut !== 'after write 3') await store.createBackup(aBackup(job.app), 10);
      },
    });
  });

  const anUpload = async () => {
    const key = `uploads/${newId()}`;
    await store.beginUpload(key);
    return aRestore({ source: { kind: 'upload', key, fileName: 'a.zip' }, key: newId() });
  };
  const keyOf = (job: { source: { kind: string; key?: string } }) => job.source.key ?? '';

  it('createRestore: a repeat answers the one restore, which has the upload', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: anUpload,
      act: (failing, job) => new MongoJobStore(failing).createRestore(job),
      then: async (job, cut) => {
        const answer = await store.createRestore({ ...job, id: newId() });
        expect(await store.list({ appId: job.appId }), cut).toEqual([answer]);
        await expect(store.createRestore({ ...job, id: newId(), key: newId() }), cut).rejects.toMatchObject({ code: 'restores.upload-unknown' });
        expect(await store.giveUpUploads(-1_000), cut).not.toContain(keyOf(job));
        expect(await uploads().countDocuments({ _id: keyOf(job) }), cut).toBe(0);
      },
    });
    expect(cuts).toBe(10);
  });

  it('createRestore: though nobody repeats it, there is the restore or the upload, not both and not neither', async () => {
    for (const comesNext of [() => store.list({ needsWork: true }), () => store.giveUpUploads(60_000)]) {
      await cutAtEachWrite(database, {
        arrange: anUpload,
        act: (failing, job) => new MongoJobStore(failing).createRestore(job),
        then: async (job, cut) => {
          await comesNext();
          const restores = await store.list({ appId: job.appId });
          const givenUp = (await store.giveUpUploads(-1_000)).includes(keyOf(job));
          expect([restores.length, givenUp], cut).toEqual(/write 1|before write 2/.test(cut) ? [0, true] : [1, false]);
          expect(await jobs().countDocuments({ awaiting: keyOf(job) }), cut).toBe(0);
        },
      });
    }
  });

  it('createRestore: an upload that is refused leaves no job', async () => {
    await cutAtEachWrite(database, {
      arrange: async () => aRestore({ source: { kind: 'upload', key: `uploads/${newId()}`, fileName: 'a.zip' } }),
      act: (failing, job) =>
        new MongoJobStore(failing).createRestore(job).catch((error: { code: string }) => {
          if (error.code === 'engine.away') throw error;
        }),
      then: async (job, cut) => {
        await store.list({ needsWork: true });
        expect(await jobs().countDocuments({ _id: job.id }), cut).toBe(0);
        await expect(store.createRestore(job), cut).rejects.toMatchObject({ code: 'restores.upload-unknown' });
      },
    });
  });

  it('delete: a repeat leaves nothing, and the number of a backup is never used again', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: async () => {
        const { job } = await exporting();
        return (await store.save(completed(job))) as BackupJob;
      },
      act: (failing, job) => new MongoJobStore(failing).delete(job.id),
      then: async (job, cut) => {
        await store.delete(job.id);
        expect(await store.find(job.id), cut).toBeUndefined();
        expect(await database.collection<SegmentDocument>(SEGMENTS).countDocuments({ jobId: job.id }), cut).toBe(0);
        const next = aBackup(job.app);
        await store.createBackup(next, 10);
        expect((await jobs().findOne({ _id: next.id }))?.ordinal, cut).toBe(2);
      },
    });
    expect(cuts).toBe(6);
  });

  it('claim: a repeat gives out what the cut left, no more than may run', async () => {
    await cutAtEachWrite(database, {
      arrange: exporting,
      act: (failing, { job }) => new MongoJobStore(failing).claim(job.id, 'export', 2),
      then: async ({ job }, cut) => {
        const claimed = await store.claim(job.id, 'export', 2);
        expect(claimed.length, cut).toBe(cut.startsWith('before') ? 1 : 0);
        expect((await store.progress(job.id)).export, cut).toMatchObject({ running: 2, waiting: 0, done: 1 });
      },
    });
  });

  it('release: who wanted the lease is never forgotten', async () => {
    await cutAtEachWrite(database, {
      arrange: async () => {
        const { job } = await exporting();
        const token = (await store.lease(job.id, 60_000))!;
        await store.lease(job.id, 60_000);
        return { job, token };
      },
      act: (failing, { job, token }) => new MongoJobStore(failing).release(job.id, token),
      then: async ({ job, token }, cut) => {
        // Its holder hears of it by the repeat, or keeps the lease that it knows to have.
        expect(await store.renewLease(job.id, token, 60_000), cut).toBe(true);
      },
    });
  });
});
