import { atPoint, firstOf, type Point } from '@reprise/fault-injection';
import { type BackupJob, readApp, restoreFile, type RestoreJob } from '@reprise/gateway-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ALL_DATA, ARCHIVES, type Disk, pretendedDisk, realDisk } from './support/disks.js';
import { FaultyStandalone } from './support/faulty-standalone.js';
import { fixture } from './support/fixtures.js';

const ARCHIVE = fixture('small.zip');
const NO_ROOM = /^There is no space left/;

const stored = (method: string): Point => ({ port: 'JobStore', method });
const stage = (name: string): Point => ({ port: 'JobStore', method: 'save', containing: `"stage":"${name}"` });
const RESTORE_PHASES: [string, Point][] = [
  ['created', stored('createRestore')],
  ...['fetching', 'inspecting', 'preparing', 'importing', 'rebuilding', 'taking'].map((name): [string, Point] => [name, stage(name)]),
];
const BACKUP_PHASES: [string, Point][] = [
  ['created', stored('createBackup')],
  ...['exporting', 'assembling', 'verifying'].map((name): [string, Point] => [name, stage(name)]),
];

const mounted = realDisk();
mounted?.remove();

const disks: [string, () => Disk, boolean][] = [
  ['The disk of all data', () => pretendedDisk(ALL_DATA), true],
  ['The disk of the archives', () => pretendedDisk(ARCHIVES), true],
  ['A real disk', () => realDisk()!, mounted !== undefined],
];

describe.each(disks)('%s', (disk, make, can) => {
  const needs = can ? '' : ' (needs the right to mount a tmpfs: Linux, as root)';

  describe.skipIf(!can)(`that is full${needs}`, () => {
    let space: Disk;
    let standalone: FaultyStandalone;
    let names = 0;

    beforeAll(async () => {
      space = make();
      standalone = await FaultyStandalone.start(space.folder === undefined ? undefined : `${space.folder}/data`);
      await restoreFile(standalone.client, ARCHIVE, { name: 'kept' });
      await standalone.idle();
    });
    afterAll(async () => {
      await standalone.stop().finally(() => space.remove());
    });
    beforeEach(() => space.makeRoom());
    afterEach(() => space.makeRoom());

    /** The disk is full as soon as the point is passed. Answers when it is. */
    function fullFrom(point: Point): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const filling = () => {
        space.fill();
        resolve();
      };
      standalone.injector.begin(firstOf(atPoint(point, { after: filling }), (call) => space.faultOf(call)));
      return promise;
    }

    async function othersGoOn(): Promise<void> {
      const before = await readApp(standalone.client, 'kept');
      const outcome = await standalone.client.post('/api/apps/kept/clients', { json: { id: `client-${++names}` } }).then(
        () => 'written',
        (error: { status: number; message: string }) => `${error.status} ${error.message}`,
      );
      if (disk === 'The disk of the archives') expect(outcome).toBe('written');
      else expect(outcome).toMatch(/^written$|^503 There is no space left/);
      if (outcome !== 'written') expect(await readApp(standalone.client, 'kept')).toEqual(before);
    }

    /** Waits until the job has failed, or can't: where nothing can be stored, its end can't be either. */
    async function untilStuck(look: () => Promise<BackupJob | RestoreJob>): Promise<void> {
      if (disk === 'The disk of the archives') await standalone.idle();
      else await standalone.lookFor(1_000, async () => ['Failed', 'Completed'].includes((await look()).status));
      const { error } = await look();
      if (error) expect(error.message).toMatch(NO_ROOM);
    }

    async function endsWell(job: BackupJob | RestoreJob, again: () => Promise<BackupJob | RestoreJob>): Promise<void> {
      if (job.status !== 'Completed') {
        expect([job.status, job.error!.message]).toEqual(['Failed', expect.stringMatching(NO_ROOM)]);
        if ('log' in job) expect(job.log.map(({ message }) => message)).toContain(job.error!.message);
        expect((await again()).status).toBe('Completed');
      }
      expect(await standalone.violations()).toEqual([]);
    }

    it.each(RESTORE_PHASES)(
      'while a restore is %s: says so, others go on, and with room it or the next one ends well',
      { timeout: 120_000 },
      async (_, point) => {
        const name = `restored-${++names}`;
        const restore = (key: string) => restoreFile(standalone.client, ARCHIVE, { name, idempotencyKey: `${name}-${key}` });
        const look = (id: string) => standalone.client.get<RestoreJob>(`/api/restores/${id}`);
        const full = fullFrom(point);
        const id = await restore('first');
        await full;
        await untilStuck(() => look(id));
        await othersGoOn();
        space.makeRoom();
        await standalone.idle();
        await endsWell(await look(id), async () => {
          const next = await restore('second');
          await standalone.idle();
          return look(next);
        });
      },
    );

    it.each(BACKUP_PHASES)(
      'while a backup is %s: says so, others go on, and with room it or the next one ends well',
      { timeout: 120_000 },
      async (_, point) => {
        const backUp = async () => {
          const answer = await standalone.client.send('POST', '/api/apps/kept/backups');
          return answer.headers.get('location')!.split('/').at(-1)!;
        };
        const look = async (id: string) => {
          const { items } = await standalone.client.get<{ items: BackupJob[] }>('/api/apps/kept/backups');
          return items.find((job) => job.id === id)!;
        };
        const full = fullFrom(point);
        const id = await backUp();
        await full;
        await untilStuck(() => look(id));
        await othersGoOn();
        space.makeRoom();
        await standalone.idle();
        await endsWell(await look(id), async () => {
          const next = await backUp();
          await standalone.idle();
          return look(next);
        });
        for (const { id } of (await standalone.client.get<{ items: BackupJob[] }>('/api/apps/kept/backups')).items) {
          await standalone.client.delete(`/api/backups/${id}`);
        }
        await standalone.idle();
      },
    );

    it('at the start: what can be read is read, and with room jobs go on', { timeout: 120_000 }, async () => {
      const before = await readApp(standalone.client, 'kept');
      const full = fullFrom(stage('importing'));
      const id = await restoreFile(standalone.client, ARCHIVE, { name: 'restarted' });
      await full;
      await standalone.restart();
      expect(await readApp(standalone.client, 'kept')).toEqual(before);
      space.makeRoom();
      await standalone.idle();
      expect(await standalone.client.get<RestoreJob>(`/api/restores/${id}`)).toSatisfy(
        ({ status, error }: RestoreJob) => status === 'Completed' || (status === 'Failed' && NO_ROOM.test(error!.message)),
      );
      expect(await standalone.violations()).toEqual([]);
    });
  });
});
