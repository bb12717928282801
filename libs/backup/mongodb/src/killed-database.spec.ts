import { setTimeout as pause } from 'node:timers/promises';
import type { BackupJob } from '@reprise/backup-core';
import { aBackup } from '@reprise/backup-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupCollections } from './documents.js';
import { MongoJobStore } from './mongo-job-store.js';

const WRITERS = 10;
const result = { events: 10, assets: 0, lostAssets: 0, bytes: 1, warnings: [], moreWarnings: 0 };

describe.skipIf(!hasMongo())(`The job store while its database is killed (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  }, 90_000);
  afterAll(() => server?.stop());

  it('loses nothing that it acknowledged, and does once what is repeated', async (context) => {
    const { engine } = server;
    if (!engine.restart) return context.skip('the server by address is not ours to kill');
    const store = new MongoJobStore((await server.database(backupCollections)).database);
    const done: BackupJob[] = [];
    let ended = false;
    /** As a saga does: again until it is answered. */
    const insist = async <Result>(step: () => Promise<Result>): Promise<Result> => {
      for (;;) {
        try {
          return await step();
        } catch (error) {
          expect(error).toMatchObject({ kind: 'unavailable' });
          await pause(20);
        }
      }
    };
    const write = async () => {
      while (!ended) {
        const backup = aBackup({ id: newId(), name: 'blog' }, { key: newId() });
        await insist(() => store.createBackup(backup, 1));
        await insist(() => store.save(backup, { add: [{ id: 'export-events-0', stage: 'export', kind: 'export-events', from: 1, to: 10 }] }));
        const job = (await insist(() => store.find(backup.id))) as BackupJob;
        expect(job.version).toBe(1);
        const [segment] = await insist(() => store.claim(job.id, 'export', 1));
        if (segment) await insist(() => store.finish(job.id, segment.id, segment.token!, result));
        if (segment) done.push(job);
      }
    };
    const kill = async () => {
      for (let kills = 0; kills < 3; kills++) {
        await pause(700);
        await engine.restart!();
      }
      ended = true;
    };
    await Promise.all([kill(), ...Array.from({ length: WRITERS }, write)]);
    expect(done.length).toBeGreaterThan(WRITERS);
    for (const job of done) {
      expect(await store.list({ appId: job.app.id })).toEqual([job]);
      expect((await store.progress(job.id)).export).toMatchObject({ done: 1, running: 0, waiting: 0, events: 10 });
    }
  });
});
