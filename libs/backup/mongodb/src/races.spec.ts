import type { BackupJob, NewSegment } from '@reprise/backup-core';
import { aBackup, aRestore, completed } from '@reprise/backup-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupCollections } from './documents.js';
import { MongoJobStore } from './mongo-job-store.js';

const forty = Array.from({ length: 40 }, (_, index) => index);
const exports = (count: number): NewSegment[] =>
  Array.from({ length: count }, (_, i) => ({ id: `export-events-${i}`, stage: 'export', kind: 'export-events', from: i * 10 + 1, to: i * 10 + 10 }));
const result = { events: 10, assets: 0, lostAssets: 0, bytes: 1, warnings: [], moreWarnings: 0 };

describe.skipIf(!hasMongo())(`Two processes at the job store on MongoDB (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  let stores: MongoJobStore[];
  beforeAll(async () => {
    server = await TestServer.start();
    const { database, reopen } = await server.database(backupCollections);
    stores = [new MongoJobStore(database), new MongoJobStore(await reopen())];
  }, 90_000);
  afterAll(() => server?.stop());
  const store = (index: number) => stores[index % 2]!;
  const codes = (answers: PromiseSettledResult<unknown>[]) => [
    ...new Set(answers.flatMap((answer) => (answer.status === 'rejected' ? [(answer.reason as { code: string }).code] : []))),
  ];
  const withSegments = async (count: number) => {
    const backup = aBackup({ id: newId(), name: 'blog' });
    await store(0).createBackup(backup, 10);
    return (await store(0).save(backup, { add: exports(count) })) as BackupJob;
  };

  it('let one of 40 backups of an app begin', async () => {
    const app = { id: newId(), name: 'blog' };
    const answers = await Promise.allSettled(forty.map((index) => store(index).createBackup(aBackup(app), 10)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(codes(answers)).toEqual(['backups.already-running']);
  });

  it('keep no backup beyond the limit, however quickly backups end and others begin', async () => {
    const app = { id: newId(), name: 'blog' };
    const limit = 3;
    let kept = 0;
    const run = async (index: number) => {
      for (let attempt = 0; attempt < 6; attempt++) {
        const job = aBackup(app);
        const begun = await store(index)
          .createBackup(job, limit)
          .catch(() => undefined);
        if (begun) await store(index).save(completed(job));
        if (begun) kept++;
      }
    };
    await Promise.all(forty.slice(0, 12).map(run));
    expect(kept).toBe(limit);
    expect((await store(0).list({ appId: app.id })).map(({ status }) => status)).toEqual(Array(limit).fill('Completed'));
  });

  it('make one restore of an upload that 40 want', async () => {
    const key = `uploads/${newId()}`;
    await store(0).beginUpload(key);
    const appId = newId();
    const restore = () => aRestore({ appId, source: { kind: 'upload', key, fileName: 'a.zip' } });
    const looks = forty.slice(0, 10).map((index) => store(index).list({ needsWork: true }));
    const answers = await Promise.allSettled(forty.map((index) => store(index).createRestore(restore())));
    await Promise.all(looks);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(codes(answers)).toEqual(['restores.upload-unknown']);
    expect(await store(0).list({ appId })).toHaveLength(1);
  });

  it('make one job of 40 repeats of a command', async () => {
    const key = `uploads/${newId()}`;
    await store(0).beginUpload(key);
    const [app, command] = [{ id: newId(), name: 'blog' }, newId()];
    const backups = await Promise.all(forty.map((index) => store(index).createBackup(aBackup(app, { key: `${command}-b` }), 1)));
    const source = { kind: 'upload' as const, key, fileName: 'a.zip' };
    const restores = await Promise.all(forty.map((index) => store(index).createRestore(aRestore({ source, key: `${command}-r` }))));
    expect([new Set(backups.map(({ id }) => id)).size, new Set(restores.map(({ id }) => id)).size]).toEqual([1, 1]);
  });

  it('give each segment to one of 40 that ask, and lose none', async () => {
    const job = await withSegments(30);
    const claimed = (await Promise.all(forty.map((index) => store(index).claim(job.id, 'export', 30)))).flat();
    expect(claimed.map(({ id }) => id).sort()).toEqual(
      exports(30)
        .map(({ id }) => id)
        .sort(),
    );
    expect(new Set(claimed.map(({ token }) => token)).size).toBe(30);
    const answers = await Promise.all(claimed.flatMap(({ id, token }, index) => [0, 1].map((more) => store(index + more).finish(job.id, id, token!, result))));
    expect(answers.filter(Boolean)).toHaveLength(30);
    expect((await store(0).progress(job.id)).export).toMatchObject({ done: 30, running: 0, waiting: 0, events: 300 });
  });

  it('give the only segment to one of 40', async () => {
    const job = await withSegments(1);
    const claimed = (await Promise.all(forty.map((index) => store(index).claim(job.id, 'export', 4)))).flat();
    expect(claimed).toHaveLength(1);
  });

  it('lease a job to one of 40, and tell him that it was wanted', async () => {
    const job = await withSegments(1);
    const tokens = (await Promise.all(forty.map((index) => store(index).lease(job.id, 60_000)))).filter((token) => token !== undefined);
    expect(tokens).toHaveLength(1);
    expect(await store(1).release(job.id, tokens[0]!)).toBe(false);
    expect(await store(1).release(job.id, tokens[0]!)).toBe(true);
  });

  it('store one of 40 changes of a job, with its segments', async () => {
    const job = await withSegments(2);
    const saves = await Promise.all(
      forty.map((index) =>
        store(index).save({ ...job, root: `root-${index}` }, { add: [{ id: `by-${index}`, stage: 'discard', kind: 'discard-events', from: 0, to: 0 }] }),
      ),
    );
    const saved = saves.filter((each) => each !== undefined) as BackupJob[];
    expect(saved).toHaveLength(1);
    expect((await store(1).segments(job.id, 'discard')).map(({ id }) => id)).toEqual([saved[0]!.root!.replace('root', 'by')]);
  });

  it('plan thousands of segments, and give them out in order', async () => {
    const job = await withSegments(3_000);
    const claimed = await store(1).claim(job.id, 'export', 3);
    expect(claimed.map(({ id }) => id)).toEqual(['export-events-0', 'export-events-1', 'export-events-2']);
    expect((await store(0).progress(job.id)).export).toMatchObject({ waiting: 2_997, running: 3 });
    expect((await store(0).segments(job.id, 'export')).map(({ id }) => id)).toEqual(exports(3_000).map(({ id }) => id));
  });
});
