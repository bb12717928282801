import { newId } from '@reprise/kernel';
import type { BackupJob, JobStore, NewSegment } from '@reprise/backup-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aBackup, aProof, aRestore, aVerification, completed } from './jobs.js';

export interface JobStoreUnderTest {
  store: JobStore;
  /** A second one over the same data, as after a start or in another process. */
  reopen(): Promise<JobStore>;
  /** Lets the store's clock go on by so much: waits, or moves the clock. */
  elapse(ms: number): Promise<void>;
  close(): Promise<void>;
}

const anApp = () => ({ id: newId(), name: 'blog' });
const result = (events: number) => ({ events, assets: 1, lostAssets: 2, bytes: 10, warnings: [], moreWarnings: 0 });
const twoExports: NewSegment[] = [
  { id: 'export-events-0', stage: 'export', kind: 'export-events', from: 1, to: 10 },
  { id: 'export-events-1', stage: 'export', kind: 'export-events', from: 11, to: 15 },
];

/** What every job store promises. */
export function jobStoreContract(name: string, open: () => Promise<JobStoreUnderTest>): void {
  describe(`${name} as a job store`, () => {
    let test: JobStoreUnderTest;
    let store: JobStore;
    beforeAll(async () => {
      test = await open();
      store = test.store;
    });
    afterAll(() => test.close());

    const withSegments = async (segments: NewSegment[]): Promise<BackupJob> => {
      const job = aBackup(anApp());
      await store.createBackup(job, 10);
      return (await store.save(job, { add: segments })) as BackupJob;
    };

    it('gives back what was stored', async () => {
      const job = aRestore({ requestedName: 'new-blog' });
      await store.createRestore(job);
      expect(await store.find(job.id)).toEqual(job);
      expect(await (await test.reopen()).find(job.id)).toEqual(job);
      expect(await store.find('unknown')).toBeUndefined();
    });

    it('lets one of many simultaneous backups of an app begin', async () => {
      const app = anApp();
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => store.createBackup(aBackup(app), 10)));
      const refused = tries.filter((each) => each.status === 'rejected');
      expect(refused).toHaveLength(19);
      expect(refused.map((each) => (each.reason as { code: string }).code)).toEqual(Array(19).fill('backups.already-running'));
    });

    it('refuses the backup beyond the limit, counting those that left an archive', async () => {
      const app = anApp();
      const make = async (end: (job: BackupJob) => BackupJob) => {
        const job = aBackup(app);
        await store.createBackup(job, 2);
        return (await store.save(end(job))) as BackupJob;
      };
      const first = await make(completed);
      await make((job) => ({ ...job, stage: 'finished', status: 'Failed', announced: true }));
      await make(completed);
      await expect(store.createBackup(aBackup(app), 2)).rejects.toMatchObject({ kind: 'invalid', code: 'backups.limit-reached' });
      await expect(store.createBackup(aBackup(app), 2)).rejects.toThrow('You cannot have more than 2 backups.');
      await store.save({ ...first, deleteRequested: true });
      await store.createBackup(aBackup(app), 2);
    });

    it('lets one check of a kind run on a backup at a time, and lists it with the app', async () => {
      const backup = completed(aBackup(anApp()));
      const [verification, proof] = [aVerification(backup), aProof(backup)];
      for (const job of [verification, proof]) expect(await store.createCheck(job)).toEqual(job);
      for (const job of [aVerification(backup), aProof(backup)]) {
        await expect(store.createCheck(job)).rejects.toMatchObject({ kind: 'invalid', code: 'checks.already-running' });
      }
      const other = aVerification(completed(aBackup(backup.app)));
      await store.createCheck(other);
      await store.save({ ...verification, stage: 'finished', status: 'Completed' });
      const again = aVerification(backup, { key: newId() });
      await store.createCheck(again);
      expect(await store.createCheck(aVerification(backup, { key: again.key! }))).toEqual(again);
      expect((await store.list({ appId: backup.app.id })).map(({ id }) => id)).toEqual([again.id, other.id, proof.id, verification.id]);
    });

    it('does nothing anew for a key that it has seen from the same caller', async () => {
      const first = aBackup(anApp(), { key: newId() });
      await store.createBackup(first, 10);
      expect(await store.createBackup({ ...aBackup(first.app), key: first.key! }, 10)).toEqual(first);
      const other = { ...aBackup(anApp()), key: first.key!, requester: { actor: 'client:blog:app', administrator: false } };
      expect((await store.createBackup(other, 10)).id).toBe(other.id);
    });

    it('takes up an upload once', async () => {
      const key = `uploads/${newId()}`;
      const restore = () => aRestore({ source: { kind: 'upload', key, fileName: 'a.zip' } });
      await expect(store.createRestore(restore())).rejects.toMatchObject({ code: 'restores.upload-unknown' });
      await store.beginUpload(key);
      await store.createRestore(restore());
      await expect(store.createRestore(restore())).rejects.toMatchObject({ code: 'restores.upload-unknown' });
    });

    it('gives up old uploads that nobody took up, and names them until they are forgotten', async () => {
      const [old, fresh] = [`uploads/${newId()}`, `uploads/${newId()}`];
      await store.beginUpload(old);
      await test.elapse(2_000);
      await store.beginUpload(fresh);
      expect(await store.giveUpUploads(1_500)).toEqual([old]);
      await expect(store.createRestore(aRestore({ source: { kind: 'upload', key: old, fileName: 'a.zip' } }))).rejects.toMatchObject({
        code: 'restores.upload-unknown',
      });
      expect(await (await test.reopen()).giveUpUploads(60_000)).toEqual([old]);
      await store.forgetUpload(old);
      await store.forgetUpload(old);
      expect(await store.giveUpUploads(60_000)).toEqual([]);
      await store.createRestore(aRestore({ source: { kind: 'upload', key: fresh, fileName: 'a.zip' } }));
    });

    it('stores a change only over the version that it was made from', async () => {
      const job = aRestore();
      await store.createRestore(job);
      const saves = await Promise.all(['a', 'b', 'c'].map((name) => store.save({ ...job, name })));
      expect(saves.filter((saved) => saved !== undefined)).toHaveLength(1);
      expect((await store.find(job.id))?.version).toBe(1);
    });

    it('lists the newest first, by kind, app, actor and what has to be done', async () => {
      const app = anApp();
      const first = aBackup(app);
      await store.createBackup(first, 10);
      const done = (await store.save(completed(first))) as BackupJob;
      const second = aBackup(app, { requester: { actor: 'client:blog:app', administrator: false } });
      await store.createBackup(second, 10);
      expect((await store.list({ kind: 'backup', appId: app.id })).map((job) => job.id)).toEqual([second.id, done.id]);
      expect((await store.list({ appId: app.id, actor: 'client:blog:app' })).map((job) => job.id)).toEqual([second.id]);
      expect((await store.list({ appId: app.id, needsWork: true })).map((job) => job.id)).toEqual([second.id]);
      expect(await store.list({ kind: 'restore', appId: app.id })).toEqual([]);
    });

    it('gives segments out in order, no more than asked for, each with a token of its own', async () => {
      const job = await withSegments(twoExports);
      const first = await store.claim(job.id, 'export', 1);
      expect(first).toMatchObject([{ id: 'export-events-0', state: 'running', attempts: 1, from: 1, to: 10 }]);
      expect(await store.claim(job.id, 'export', 1)).toEqual([]);
      const second = await store.claim(job.id, 'export', 4);
      expect(second.map((segment) => segment.id)).toEqual(['export-events-1']);
      expect(second[0]!.token).not.toBe(first[0]!.token);
    });

    it('counts a segment once, whatever is reported twice or late', async () => {
      const job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1);
      expect(await store.renew(job.id, segment!.id, segment!.token!)).toMatchObject({ id: job.id });
      expect(await store.finish(job.id, segment!.id, 'old', result(10))).toBe(false);
      expect(await store.finish(job.id, segment!.id, segment!.token!, result(10))).toBe(true);
      expect(await store.finish(job.id, segment!.id, segment!.token!, result(10))).toBe(false);
      expect(await store.fail(job.id, segment!.id, segment!.token!, { kind: 'internal', code: 'x', message: 'x' }, true)).toBe(false);
      expect(await store.renew(job.id, segment!.id, segment!.token!)).toBeUndefined();
      expect((await store.progress(job.id)).export).toEqual({ waiting: 1, running: 0, done: 1, failed: 0, events: 10, assets: 1, lostAssets: 2, bytes: 10 });
      expect((await store.segments(job.id, 'export')).map((each) => each.state)).toEqual(['done', 'waiting']);
    });

    it('gives a failed segment out again under a new token, or not', async () => {
      const job = await withSegments(twoExports.slice(0, 1));
      const error = { kind: 'unavailable', code: 'storage.full', message: 'No space.' };
      const [first] = await store.claim(job.id, 'export', 1);
      expect(await store.fail(job.id, first!.id, first!.token!, error, true)).toBe(true);
      const [second] = await store.claim(job.id, 'export', 1);
      expect(second).toMatchObject({ attempts: 2, error });
      expect(await store.finish(job.id, first!.id, first!.token!, result(1))).toBe(false);
      expect(await store.fail(job.id, second!.id, second!.token!, error, false)).toBe(true);
      expect(await store.claim(job.id, 'export', 1)).toEqual([]);
      expect((await store.progress(job.id)).export.failed).toBe(1);
      expect(await store.look(job.id)).toEqual({ job: await store.find(job.id), progress: await store.progress(job.id) });
      expect(await store.look(newId())).toBeUndefined();
    });

    it('drops what waits, and starts a stage again, together with the change of the job', async () => {
      let job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1);
      await store.finish(job.id, segment!.id, segment!.token!, result(10));
      expect(await store.save({ ...job, version: 99 }, { restart: ['export'] })).toBeUndefined();
      expect((await store.progress(job.id)).export.done).toBe(1);
      job = (await store.save(job, { restart: ['export'] })) as BackupJob;
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 2, done: 0, events: 0 });
      await store.save(job, { drop: ['export'] });
      expect(await store.claim(job.id, 'export', 4)).toEqual([]);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 0, done: 0, failed: 0 });
    });

    it('forgets the segments of a job that has ended', async () => {
      const job = await withSegments(twoExports);
      await store.save({ ...completed(job) }, { clear: true });
      expect(await store.segments(job.id, 'export')).toEqual([]);
    });

    it('lets running segments wait again that gave no sign of life for long', async () => {
      const job = await withSegments(twoExports);
      const [silent, alive] = await store.claim(job.id, 'export', 2);
      expect(await store.renew(job.id, silent!.id, silent!.token!)).toMatchObject({ id: job.id });
      await test.elapse(2_000);
      expect(await store.renew(job.id, alive!.id, alive!.token!)).toMatchObject({ id: job.id });
      await store.requeueSilent(60_000, 60_000);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 2 });
      await Promise.all([store.requeueSilent(1_500, 60_000), (await test.reopen()).requeueSilent(1_500, 60_000)]);
      expect((await store.segments(job.id, 'export')).map(({ id, state }) => [id, state])).toEqual([
        [silent!.id, 'waiting'],
        [alive!.id, 'running'],
      ]);
      expect(await store.renew(job.id, silent!.id, silent!.token!)).toBeUndefined();
      expect(await store.finish(job.id, silent!.id, silent!.token!, result(10))).toBe(false);
      const [again] = await store.claim(job.id, 'export', 2);
      expect(again).toMatchObject({ id: silent!.id, attempts: 2 });
      expect(await store.finish(job.id, silent!.id, silent!.token!, result(10))).toBe(false);
      expect(await store.finish(job.id, again!.id, again!.token!, result(10))).toBe(true);
    });

    it('lets running segments wait again that were given out long ago, and that nobody began', async () => {
      const job = await withSegments(twoExports);
      const [begun, lost] = await store.claim(job.id, 'export', 2);
      await test.elapse(2_000);
      expect(await store.renew(job.id, begun!.id, begun!.token!)).toMatchObject({ id: job.id });
      await store.requeueSilent(1_500, 60_000);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 2 });
      await store.requeueSilent(60_000, 1_500);
      expect((await store.segments(job.id, 'export')).map(({ id, state }) => [id, state])).toEqual([
        [begun!.id, 'running'],
        [lost!.id, 'waiting'],
      ]);
      expect(await store.renew(job.id, lost!.id, lost!.token!)).toBeUndefined();
    });

    it('gives no segment out twice, whoever asks at once', async () => {
      const segments = Array.from({ length: 10 }, (_, i): NewSegment => ({
        id: `export-events-${i}`,
        stage: 'export',
        kind: 'export-events',
        from: i + 1,
        to: i + 1,
      }));
      const job = await withSegments(segments);
      const other = await test.reopen();
      const claimed = (await Promise.all([store, other, store, other].map((each) => each.claim(job.id, 'export', 4)))).flat();
      expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
      expect((await store.progress(job.id)).export).toMatchObject({ running: claimed.length, waiting: 10 - claimed.length });
    });

    it('leases a job to one of many who ask at once', async () => {
      const job = await withSegments([]);
      const other = await test.reopen();
      const leases = await Promise.all([store, other, store, other].map((each) => each.lease(job.id, 60_000)));
      expect(leases.filter((token) => token !== undefined)).toHaveLength(1);
      expect(await store.lease('unknown', 60_000)).toBeUndefined();
    });

    it('leases a job again once the lease was given back, or ran out', async () => {
      const job = await withSegments([]);
      const first = (await store.lease(job.id, 60_000))!;
      expect(await store.release(job.id, first)).toBe(true);
      const second = (await store.lease(job.id, 1_000))!;
      await test.elapse(1_500);
      const third = (await store.lease(job.id, 60_000))!;
      expect(new Set([first, second, third]).size).toBe(3);
      for (const token of [first, second]) {
        expect(await store.renewLease(job.id, token, 60_000)).toBe(false);
        expect(await store.release(job.id, token)).toBe(true);
      }
      expect(await store.lease(job.id, 60_000)).toBeUndefined();
      expect(await store.renewLease(job.id, third, 60_000)).toBe(true);
    });

    it('keeps a lease that is renewed, even late, as long as nobody else has it', async () => {
      const job = await withSegments([]);
      const token = (await store.lease(job.id, 1_000))!;
      await test.elapse(1_500);
      expect(await store.renewLease(job.id, token, 60_000)).toBe(true);
      expect(await store.lease(job.id, 60_000)).toBeUndefined();
    });

    it('tells the holder of a lease who gives it back that somebody wanted it meanwhile', async () => {
      const job = await withSegments([]);
      const token = (await store.lease(job.id, 60_000))!;
      for (let asked = 0; asked < 3; asked++) expect(await store.lease(job.id, 60_000)).toBeUndefined();
      expect(await store.release(job.id, token)).toBe(false);
      expect(await store.renewLease(job.id, token, 60_000)).toBe(true);
      expect(await store.release(job.id, token)).toBe(true);
      expect(await store.renewLease(job.id, token, 60_000)).toBe(false);
    });

    it('stores a change under a lease only while the lease is the last', async () => {
      let job = await withSegments(twoExports);
      const late = (await store.lease(job.id, 1_000))!;
      job = (await store.save({ ...job, root: 'first' }, undefined, late)) as BackupJob;
      await test.elapse(1_500);
      job = (await store.save({ ...job, root: 'second' }, undefined, late)) as BackupJob;
      const now = (await store.lease(job.id, 60_000))!;
      await expect(store.save({ ...job, root: 'third' }, { drop: ['export'] }, late)).rejects.toMatchObject({ kind: 'cancelled', code: 'jobs.lease-lost' });
      expect(await store.find(job.id)).toEqual(job);
      expect((await store.progress(job.id)).export.waiting).toBe(2);
      // Whoever needs no lease, because a person cancels say, changes it as before.
      job = (await store.save({ ...job, cancelRequested: true })) as BackupJob;
      expect(await store.save({ ...job, version: job.version - 1 }, undefined, now)).toBeUndefined();
      expect(await store.save(job, undefined, now)).toMatchObject({ version: job.version + 1 });
      await store.release(job.id, now);
      await expect(store.save({ ...job, version: job.version + 1 }, undefined, now)).rejects.toMatchObject({ code: 'jobs.lease-lost' });
    });

    it('takes over all that ran before the start of the only process', async () => {
      const job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1);
      const token = (await store.lease(job.id, 60_000))!;
      await store.takeOver();
      expect(await store.renew(job.id, segment!.id, segment!.token!)).toBeUndefined();
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 2, running: 0 });
      expect(await store.renewLease(job.id, token, 60_000)).toBe(false);
      expect(await store.lease(job.id, 60_000)).toBeDefined();
    });

    it('forgets a job with its segments', async () => {
      const job = await withSegments(twoExports);
      await store.delete(job.id);
      await store.delete(job.id);
      expect(await store.find(job.id)).toBeUndefined();
      expect(await store.segments(job.id, 'export')).toEqual([]);
    });

    it('makes its signing secret once', async () => {
      const secrets = await Promise.all([store.linkSecret(), store.linkSecret()]);
      expect(secrets[0]).toHaveLength(32);
      expect(secrets[1]).toEqual(secrets[0]);
      expect(await (await test.reopen()).linkSecret()).toEqual(secrets[0]);
    });
  });
}
