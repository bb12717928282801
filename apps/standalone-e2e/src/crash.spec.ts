import { setTimeout as pause } from 'node:timers/promises';
import { type Moment, type Point, seededRandom } from '@reprise/fault-injection';
import { type BackupJob, followRestore, isFinished, restoreFile, type RestoreJob } from '@reprise/gateway-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appData, rootOf } from './support/app-data.js';
import { CrashableStandalone } from './support/crashable-standalone.js';
import { fixture } from './support/fixtures.js';
import { newSeed, runsOf, sampleOf } from './support/runs.js';
import { completed } from './support/standalone.js';

const ARCHIVE = fixture('small.zip');
/** Backups and restores of the archive take some tenths of a second. */
const LONGEST_MS = 500;
const CALLS_OF_A_START = 60;
const MOMENTS = ['before', 'after'] as const;

const save = (containing: string): Point => ({ port: 'JobStore', method: 'save', containing });
const stage = (name: string) => save(`"stage":"${name}"`);
const of = (port: string, method: string): Point => ({ port, method });

describe('A process that is killed', () => {
  let standalone: CrashableStandalone;
  let undisturbed: Record<string, string>;
  let root: string;
  let killed = 0;
  const freshName = () => `killed-${++killed}`;

  beforeAll(async () => {
    standalone = await CrashableStandalone.start();
    completed(await followRestore(standalone.client, await restore('undisturbed')));
    undisturbed = await appData(standalone.dataDir, 'undisturbed');
    const job = await backupEnds(await backUp('undisturbed'));
    root = rootOf(standalone.dataDir, job.id);
    await standalone.client.delete(`/api/backups/${job.id}`);
  }, 120_000);
  afterAll(() => standalone.stop());

  const restore = (name: string) => restoreFile(standalone.client, ARCHIVE, { name, idempotencyKey: name });

  async function backUp(key: string): Promise<string> {
    const answer = await standalone.client.send('POST', '/api/apps/undisturbed/backups', undefined, { 'idempotency-key': key });
    return answer.headers.get('location')!.split('/').at(-1)!;
  }

  async function backupEnds(id: string): Promise<BackupJob> {
    for (;;) {
      const { items } = await standalone.client.get<{ items: BackupJob[] }>('/api/apps/undisturbed/backups');
      const job = items.find((each) => each.id === id)!;
      if (isFinished(job)) return completed(job);
      await pause(20);
    }
  }

  /** Asked again, as a client does that got no answer, it ends as if nothing had been. */
  async function restoreEnds(name: string, id: string | undefined): Promise<void> {
    completed(await followRestore(standalone.client, id ?? (await restore(name))));
    expect(await appData(standalone.dataDir, name)).toEqual(undisturbed);
    expect(await standalone.violations()).toEqual([]);
  }

  async function backupIsWhole(key: string, id: string | undefined): Promise<void> {
    const job = await backupEnds(id ?? (await backUp(key)));
    expect(rootOf(standalone.dataDir, job.id)).toBe(root);
    expect(await standalone.violations()).toEqual([]);
    await standalone.client.delete(`/api/backups/${job.id}`);
  }

  const each = (points: Record<string, Point>) =>
    Object.entries(points).flatMap(([phase, point]) => MOMENTS.map((moment): [Moment, string, Point] => [moment, phase, point]));

  it.each(
    each({
      'the job is stored': of('JobStore', 'createRestore'),
      'fetching begins': stage('fetching'),
      'inspecting begins': stage('inspecting'),
      'preparing begins': stage('preparing'),
      'the name is reserved': of('RegistryStore.names', 'reserve'),
      'importing begins': stage('importing'),
      'a segment is given out': of('JobStore', 'claim'),
      'events are imported': of('EventLog', 'importEvents'),
      'a segment is done': of('JobStore', 'finish'),
      'rebuilding begins': stage('rebuilding'),
      'the log is opened': of('EventLog', 'endImport'),
      'proving has ended': stage('taking'),
      'the name is taken': of('RegistryStore.names', 'take'),
      'working files are removed': of('ArchiveObjects', 'deleteAll'),
      'the restore has ended': stage('finished'),
      'its end is told': save('"announced":true'),
    }),
  )('%s %s: the restore ends as if nothing had been', { timeout: 120_000 }, async (moment, _, point) => {
    const name = freshName();
    await restoreEnds(name, await standalone.crash({ moment, point }, () => restore(name)));
  });

  it.each(
    each({
      'the job is stored': of('JobStore', 'createBackup'),
      'exporting begins': stage('exporting'),
      'a segment is given out': of('JobStore', 'claim'),
      'a fragment is written': of('ArchiveObjects', 'put'),
      'assembling begins': stage('assembling'),
      'the archive is composed': of('ArchiveObjects', 'compose'),
      'verifying begins': stage('verifying'),
      'working files are removed': of('ArchiveObjects', 'deleteAll'),
      'the backup has ended': stage('finished'),
      'its end is told': save('"announced":true'),
    }),
  )('%s %s: the backup ends as if nothing had been', { timeout: 120_000 }, async (moment, _, point) => {
    const key = freshName();
    await backupIsWhole(key, await standalone.crash({ moment, point }, () => backUp(key)));
  });

  const createApp = (name: string) => () => standalone.client.post('/api/apps', { json: { name } }, { 'idempotency-key': `create-${name}` });
  const names = async () => (await standalone.client.get<{ name: string }[]>('/api/apps')).map(({ name }) => name);

  it.each(
    each({
      'the name is reserved': of('RegistryStore.names', 'reserve'),
      'its first event is appended': of('EventLog', 'append'),
      'the name is taken': of('RegistryStore.names', 'take'),
    }),
  )('%s %s: the app is made once, or can be made', { timeout: 120_000 }, async (moment, _, point) => {
    const name = freshName();
    await standalone.crash({ moment, point }, createApp(name));
    expect(await standalone.violations()).toEqual([]);
    await createApp(name)();
    expect((await names()).filter((each) => each === name)).toEqual([name]);
    expect(await standalone.violations()).toEqual([]);
  });

  it.each(
    each({
      'its last event is appended': of('EventLog', 'append'),
      'the name is given back': of('RegistryStore.names', 'markDeleted'),
    }),
  )('%s %s: the app that is deleted is gone, and its name free', { timeout: 120_000 }, async (moment, _, point) => {
    const name = freshName();
    await createApp(name)();
    const remove = () => standalone.client.delete(`/api/apps/${name}`);
    await standalone.crash({ moment, point }, remove);
    expect(await standalone.violations()).toEqual([]);
    await remove().catch((error: unknown) => expect(error).toMatchObject({ status: 404 }));
    expect(await names()).not.toContain(name);
    await standalone.client.post('/api/apps', { json: { name } });
    expect(await standalone.violations()).toEqual([]);
  });

  it.each(
    each({
      'the wish is stored': save('"deleteRequested":true'),
      'the archive is removed': of('ArchiveObjects', 'deleteAll'),
      'the job is removed': of('JobStore', 'delete'),
    }),
  )('%s %s: the backup that is deleted is gone', { timeout: 120_000 }, async (moment, _, point) => {
    const { id } = await backupEnds(await backUp(freshName()));
    const remove = () => standalone.client.delete(`/api/backups/${id}`);
    await standalone.crash({ moment, point }, remove);
    await remove().catch((error: unknown) => expect(error).toMatchObject({ status: 404 }));
    expect(await standalone.violations()).toEqual([]);
  });

  it.each(
    each({
      'the wish is stored': save('"cancelRequested":true'),
      'it turns back': stage('cleaning'),
      'events are discarded': of('EventLog', 'purge'),
      'the registry discards': of('RegistryStore', 'discard'),
      'rows are discarded': of('ReadModelStore', 'discard'),
      'files are discarded': of('AssetObjects', 'deleteAll'),
      'the name is given back': of('RegistryStore.names', 'release'),
    }),
  )('%s %s: the restore that is cancelled leaves nothing', { timeout: 120_000 }, async (moment, phase, point) => {
    const name = freshName();
    const cancel = (id: string) => standalone.client.post(`/api/restores/${id}/cancel`);
    const hold = { at: of('EventLog', 'importEvents'), until: save('"cancelRequested":true') };
    let id = '';
    await standalone.crash({ moment, point, hold }, async () => {
      id = await restore(name);
      while ((await standalone.client.get<RestoreJob>(`/api/restores/${id}`)).phase !== 'importing') await pause(20);
      await cancel(id);
    });
    const wasTold = moment === 'after' || phase !== 'the wish is stored';
    expect(await followRestore(standalone.client, id)).toMatchObject({ status: wasTold ? 'Cancelled' : 'Completed' });
    if (wasTold) expect(await names()).not.toContain(name);
    expect(await standalone.violations()).toEqual([]);
  });

  it('at any of all calls of a restore: it ends as if nothing had been', { timeout: 3_600_000 }, async () => {
    const total = await standalone.calls(() => restore(freshName()));
    expect(total).toBeGreaterThan(100);
    const indexes = Array.from({ length: total }, (_, at) => at + 1);
    for (const index of sampleOf(indexes, runsOf('REPRISE_KILL_CALLS', 8), newSeed(`Killed at some of ${total} calls`))) {
      const name = freshName();
      await restoreEnds(name, await standalone.crash({ moment: 'after', index }, () => restore(name), true));
    }
  });

  const seed = newSeed('Killed at random moments');
  const random = seededRandom(seed);
  const runs = Array.from({ length: runsOf('REPRISE_KILL_RUNS', 30) }, (_, run) => ({ run, at: random(), duringStart: random() }));

  /** Every third time it is killed again while it takes up what was left. */
  it.each(runs)('at a random moment (run $run): the job ends as if nothing had been', { timeout: 120_000 }, async ({ run, at, duringStart }) => {
    const key = freshName();
    const isRestore = run % 2 === 0;
    const id = isRestore ? await restore(key) : await backUp(key);
    await pause(at * LONGEST_MS);
    await standalone.kill(run % 3 === 0 ? { moment: 'before', index: 1 + Math.floor(duringStart * CALLS_OF_A_START) } : undefined);
    await (isRestore ? restoreEnds(key, id) : backupIsWhole(key, id));
  });
});
