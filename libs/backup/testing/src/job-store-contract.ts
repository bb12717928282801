import { newId } from '@reprise/kernel';
import type { BackupJob, JobStore, NewSegment } from '@reprise/backup-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aBackup, aProof, aRestore, aVerification, completed, NOW } from './jobs.js';

export interface JobStoreUnderTest {
  store: JobStore;
  /** A second one over the same data, as after a start or in another process. */
  reopen(): Promise<JobStore>;
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
      await store.beginUpload(key, NOW);
      await store.createRestore(restore());
      await expect(store.createRestore(restore())).rejects.toMatchObject({ code: 'restores.upload-unknown' });
    });

    it('gives up old uploads that nobody took up, and names them until they are forgotten', async () => {
      const old = `uploads/${newId()}`;
      await store.beginUpload(old, new Date(NOW.getTime() - 1_000));
      await store.beginUpload(`uploads/${newId()}`, NOW);
      expect(await store.giveUpUploads(NOW)).toEqual([old]);
      await expect(store.createRestore(aRestore({ source: { kind: 'upload', key: old, fileName: 'a.zip' } }))).rejects.toMatchObject({
        code: 'restores.upload-unknown',
      });
      expect(await (await test.reopen()).giveUpUploads(NOW)).toEqual([old]);
      await store.forgetUpload(old);
      await store.forgetUpload(old);
      expect(await store.giveUpUploads(NOW)).toEqual([]);
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
      const first = await store.claim(job.id, 'export', 1, NOW);
      expect(first).toMatchObject([{ id: 'export-events-0', state: 'running', attempts: 1, from: 1, to: 10 }]);
      expect(await store.claim(job.id, 'export', 1, NOW)).toEqual([]);
      const second = await store.claim(job.id, 'export', 4, NOW);
      expect(second.map((segment) => segment.id)).toEqual(['export-events-1']);
      expect(second[0]!.token).not.toBe(first[0]!.token);
    });

    it('counts a segment once, whatever is reported twice or late', async () => {
      const job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1, NOW);
      expect(await store.renew(job.id, segment!.id, segment!.token!, NOW)).toBe(true);
      expect(await store.finish(job.id, segment!.id, 'old', result(10))).toBe(false);
      expect(await store.finish(job.id, segment!.id, segment!.token!, result(10))).toBe(true);
      expect(await store.finish(job.id, segment!.id, segment!.token!, result(10))).toBe(false);
      expect(await store.fail(job.id, segment!.id, segment!.token!, { kind: 'internal', code: 'x', message: 'x' }, true)).toBe(false);
      expect(await store.renew(job.id, segment!.id, segment!.token!, NOW)).toBe(false);
      expect((await store.progress(job.id)).export).toEqual({ waiting: 1, running: 0, done: 1, failed: 0, events: 10, assets: 1, lostAssets: 2, bytes: 10 });
      expect((await store.segments(job.id, 'export')).map((each) => each.state)).toEqual(['done', 'waiting']);
    });

    it('gives a failed segment out again under a new token, or not', async () => {
      const job = await withSegments(twoExports.slice(0, 1));
      const error = { kind: 'unavailable', code: 'storage.full', message: 'No space.' };
      const [first] = await store.claim(job.id, 'export', 1, NOW);
      expect(await store.fail(job.id, first!.id, first!.token!, error, true)).toBe(true);
      const [second] = await store.claim(job.id, 'export', 1, NOW);
      expect(second).toMatchObject({ attempts: 2, error });
      expect(await store.finish(job.id, first!.id, first!.token!, result(1))).toBe(false);
      expect(await store.fail(job.id, second!.id, second!.token!, error, false)).toBe(true);
      expect(await store.claim(job.id, 'export', 1, NOW)).toEqual([]);
      expect((await store.progress(job.id)).export.failed).toBe(1);
    });

    it('drops what waits, and starts a stage again, together with the change of the job', async () => {
      let job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1, NOW);
      await store.finish(job.id, segment!.id, segment!.token!, result(10));
      expect(await store.save({ ...job, version: 99 }, { restart: 'export' })).toBeUndefined();
      expect((await store.progress(job.id)).export.done).toBe(1);
      job = (await store.save(job, { restart: 'export' })) as BackupJob;
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 2, done: 0, events: 0 });
      await store.save(job, { drop: ['export'] });
      expect(await store.claim(job.id, 'export', 4, NOW)).toEqual([]);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 0, done: 0, failed: 0 });
    });

    it('forgets the segments of a job that has ended', async () => {
      const job = await withSegments(twoExports);
      await store.save({ ...completed(job) }, { clear: true });
      expect(await store.segments(job.id, 'export')).toEqual([]);
    });

    it('lets running segments wait again after a start', async () => {
      const job = await withSegments(twoExports);
      const [segment] = await store.claim(job.id, 'export', 1, NOW);
      await store.requeueRunning();
      expect(await store.renew(job.id, segment!.id, segment!.token!, NOW)).toBe(false);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 2, running: 0 });
    });

    it('lets running segments wait again that gave no sign of life for long', async () => {
      const job = await withSegments(twoExports);
      const [silent, alive] = await store.claim(job.id, 'export', 2, NOW);
      const later = new Date(NOW.getTime() + 60_000);
      expect(await store.renew(job.id, alive!.id, alive!.token!, later)).toBe(true);
      await store.requeueRunning(NOW);
      expect((await store.progress(job.id)).export).toMatchObject({ waiting: 0, running: 2 });
      await store.requeueRunning(later);
      expect((await store.segments(job.id, 'export')).map(({ id, state }) => [id, state])).toEqual([
        [silent!.id, 'waiting'],
        [alive!.id, 'running'],
      ]);
      expect(await store.renew(job.id, silent!.id, silent!.token!, later)).toBe(false);
      expect(await store.finish(job.id, silent!.id, silent!.token!, result(10))).toBe(false);
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
