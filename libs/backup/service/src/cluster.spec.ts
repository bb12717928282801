import { readFile } from 'node:fs/promises';
import { DEFAULT_LIMITS, openObject } from '@reprise/backup-archive';
import { type BackupJob, type Job, JobStore, MAX_IN_FLIGHT } from '@reprise/backup-core';
import { verifyArchive } from '@reprise/backup-inspection';
import { DoublingBus, LoopBus } from '@reprise/backup-testing';
import * as contracts from '@reprise/contracts';
import { FaultInjector, Gate, type Call } from '@reprise/fault-injection';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixture, principal, World } from './testing/world.js';

/** Longer than any lease lasts. */
const PAST_LEASE_MS = 31_000;
/** Longer than a worker may be silent. */
const PAST_SILENCE_MS = 3 * 60_000;
/** Longer than a segment may wait for its turn. */
const PAST_TURN_MS = 11 * 60_000;

let world: World;
afterEach(() => world.close());

/** All jobs have ended, and all that lies in the archive store for them, once it was swept, is the archives that they name. */
async function expectNothingLeft(): Promise<void> {
  const jobs = await world.store.list({});
  expect(jobs.map(({ stage }) => stage)).toEqual(jobs.map(() => 'finished'));
  const named = jobs.flatMap((job) => (job.kind === 'backup' && job.status === 'Completed' ? [job.archive!.key] : []));
  await expect
    .poll(async () => {
      await world.look();
      return world.kept();
    })
    .toEqual(named.sort());
}

/** The archive is all there, and its manifest the one that its backup names. */
async function expectWhole(jobId: string, events: number): Promise<BackupJob> {
  const job = (await world.store.find(jobId)) as BackupJob;
  expect(job).toMatchObject({ status: 'Completed', totalEvents: events, handledEvents: events });
  const archive = await openObject(world.archives, job.archive!.key);
  expect(archive.size).toBe(job.archive!.size);
  const found = await verifyArchive(archive, world.pool, { limits: DEFAULT_LIMITS, pulse: async () => undefined });
  expect(found).toMatchObject({ root: job.root, findings: [], report: { events } });
  return job;
}

describe('with every message delivered twice, to two orchestrators', () => {
  beforeEach(async () => {
    world = await World.open({ bus: new DoublingBus(), orchestrators: 2 });
  });

  it('jobs come to the same results', { timeout: 180_000 }, async () => {
    const app = await world.smallApp();
    expect(world.log.apps.get(app.id)!.events).toHaveLength(73);
    world.grow(app, 4_500);
    const backup = await world.backup(app);
    await expectWhole(backup.id, 4_500);
    expect(await world.check('verify', app, backup.id)).toMatchObject({ status: 'Completed' });
    expect(await world.check('prove', app, backup.id)).toMatchObject({ status: 'Completed' });
    const copy = await world.restored(await world.restore({ kind: 'backup', backupId: backup.id }, 'copy'));
    expect(copy.error).toBeUndefined();
    expect(copy).toMatchObject({ status: 'Completed', handledEvents: 4_500 });
    expect(world.log.apps.get(copy.app!.id)).toMatchObject({ state: 'open', events: { length: 4_500 } });
    await world.bus.idle();
    await expectNothingLeft();
  });

  it('a cancelled restore leaves nothing', async () => {
    let begun: () => void;
    const importing = new Promise<void>((done) => (begun = done));
    world.participants.before = async (contract) => {
      if (contract === contracts.importEvents.name) begun();
    };
    const jobId = await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new');
    await importing;
    await world.bus.request(contracts.cancelJob, { principal, jobId });
    expect(['Cancelled', 'Completed']).toContain((await world.restored(jobId)).status);
    await world.bus.idle();
    await expectNothingLeft();
    const names = [...world.participants.names.values()];
    expect([...world.log.apps.keys()]).toEqual(names);
  });
});

describe('a process that is frozen in the middle of its work, past its lease', () => {
  let injectors: FaultInjector[];
  beforeEach(async () => {
    injectors = [new FaultInjector(), new FaultInjector()];
    world = await World.open({
      orchestrators: 2,
      around: (index, token, port) =>
        [ArchiveObjects, JobStore, MessageBus].includes(token as never) ? injectors[index]!.around((token as { name: string }).name, port) : port,
    });
  });

  /** Runs a job whose first orchestrator to come to such a call is held there until the other has brought the job to its end. */
  async function frozenAt(isThere: (call: Call) => boolean, moment: 'before' | 'after', start: () => Promise<string>, pastMs = PAST_LEASE_MS): Promise<Job> {
    const gates = injectors.map((injector) => {
      const gate = new Gate();
      let reached = false;
      injector.begin((call) => {
        if (reached || !isThere(call)) return undefined;
        reached = true;
        return gate.holding(moment);
      });
      return gate;
    });
    const jobId = await start();
    const frozen = await Promise.race(gates.map((gate, index) => gate.reached.then(() => index)));
    const other = 1 - frozen;
    injectors[other]!.end();
    world.only = other;
    world.clock.forward(pastMs);
    await world.look();
    await world.end(jobId);
    const end = (await world.store.find(jobId))!;
    gates[frozen]!.open();
    await world.bus.idle();
    delete world.only;
    // What it did late changed nothing of the job, but that its end was told: that may be told twice.
    await expect.poll(async () => (await world.store.lease(jobId, 0)) !== undefined).toBe(true);
    expect({ ...(await world.store.find(jobId)), version: 0 }).toEqual({ ...end, version: 0 });
    await expectNothingLeft();
    return end;
  }

  const to =
    (port: string, method: string, containing = '') =>
    (call: Call) =>
      call.port === port && call.method === method && JSON.stringify(call.args.filter((arg) => typeof arg === 'string' || isJob(arg))).includes(containing);
  const asking = (contract: { name: string }) => (call: Call) => call.port === 'MessageBus' && (call.args[0] as { name?: string }).name === contract.name;
  const isJob = (arg: unknown) => typeof arg === 'object' && arg !== null && 'stage' in arg;

  it.each<[string, (call: Call) => boolean, 'before' | 'after', number?]>([
    ['it has just leased the job', to('JobStore', 'lease'), 'after'],
    ['it reads what is beside the log', asking(contracts.snapshotRegistry), 'before'],
    ['it plans the segments', to('JobStore', 'save', '"stage":"exporting"'), 'before'],
    ['it has planned the segments', to('JobStore', 'save', '"stage":"exporting"'), 'after'],
    ['it has given segments out that it has not told of', to('JobStore', 'claim'), 'after', PAST_TURN_MS],
    ['it puts the directory', to('ArchiveObjects', 'put', '.directory'), 'before', PAST_SILENCE_MS],
    ['it assembles', to('ArchiveObjects', 'compose'), 'before', PAST_SILENCE_MS],
    ['it has assembled', to('ArchiveObjects', 'compose'), 'after', PAST_SILENCE_MS],
    ['it reports that it has assembled', asking(contracts.segmentDone), 'before', PAST_SILENCE_MS],
    ['it notes that it has assembled', to('JobStore', 'save', '"stage":"verifying"'), 'before'],
    ['it has noted that', to('JobStore', 'save', '"stage":"verifying"'), 'after'],
    ['it removes working files', to('ArchiveObjects', 'deleteAll'), 'before'],
    ['it ends the job', to('JobStore', 'save', '"stage":"finished"'), 'before'],
    ['it tells of the end', asking(contracts.backupCompleted), 'before'],
  ])('changes nothing of a backup when it is let go: %s', async (_, isThere, moment, pastMs) => {
    const app = await world.smallApp();
    const before = await expectWhole((await world.backup(app)).id, 73);
    const start = async () => (await world.bus.request(contracts.startBackup, { principal, app })).jobId;
    const job = await frozenAt(isThere, moment, start, pastMs);
    expect((await expectWhole(job.id, 73)).root).toBe(before.root);
  });

  it.each<[string, (call: Call) => boolean, 'before' | 'after', number?]>([
    ['it fetches the archive', to('ArchiveObjects', 'compose'), 'before'],
    ['it has fetched the archive', to('ArchiveObjects', 'compose'), 'after'],
    ['it plans the import', to('ArchiveObjects', 'put', '.plan'), 'before', PAST_SILENCE_MS],
    ['it notes what it has found', to('ArchiveObjects', 'put', 'findings'), 'after', PAST_SILENCE_MS],
    ['it reserves the name', asking(contracts.reserveName), 'before'],
    ['it makes users', asking(contracts.importRegistry), 'after'],
    ['it writes the mapping', to('ArchiveObjects', 'put', 'mapping'), 'before'],
    ['it begins the import', to('JobStore', 'save', '"stage":"importing"'), 'before'],
    ['it opens the log', asking(contracts.openLog), 'before'],
    ['it takes the name', asking(contracts.takeName), 'before'],
    ['it removes working files', to('ArchiveObjects', 'deleteAll'), 'before'],
  ])('changes nothing of a restore when it is let go: %s', async (_, isThere, moment, pastMs) => {
    const app = await world.smallApp();
    const backup = await world.backup(app);
    const job = await frozenAt(isThere, moment, () => world.restore({ kind: 'backup', backupId: backup.id }, 'copy'), pastMs);
    expect(job).toMatchObject({ status: 'Completed', handledEvents: 73 });
    const copies = [...world.log.apps].filter(([id]) => id !== app.id);
    expect(copies).toMatchObject([[world.participants.names.get('copy'), { state: 'open', events: { length: 73 } }]]);
    // Once for the app itself, and at most twice for the copy: by either, while they were at it.
    expect(world.bus.sent.filter((name) => name === contracts.importAssetMetadata.name).length).toBeLessThanOrEqual(3);
  });

  it('changes nothing of a backup that fails', async () => {
    const app = await world.smallApp();
    world.participants.before = async (contract) => {
      if (contract === contracts.exportEvents.name) throw new Error('broken');
    };
    const start = async () => (await world.bus.request(contracts.startBackup, { principal, app })).jobId;
    expect(await frozenAt(to('ArchiveObjects', 'deleteAll'), 'before', start)).toMatchObject({ status: 'Failed' });
  });
});

describe('a huge app beside small ones', () => {
  const PARTS = 60;
  beforeEach(async () => {
    world = await World.open({ bus: new LoopBus(MAX_IN_FLIGHT + 1), orchestrators: 2 });
  });

  it('lets them be backed up while all that it may have in hand takes for ever', { timeout: 180_000 }, async () => {
    const huge = await world.smallApp('huge');
    const apps = Array.from({ length: 19 }, (_, i) => ({ id: `small-${i}`, name: `small-${i}` }));
    for (const { id, name } of apps) {
      world.log.apps.set(id, { ...world.log.apps.get(huge.id)!, events: [...world.log.apps.get(huge.id)!.events] });
      world.participants.names.set(name, id);
      for await (const { key } of world.assets.list(`${huge.id}/`)) await world.assets.put(key.replace(huge.id, id), await world.assets.read(key));
    }
    world.grow(huge, PARTS * 1_000);
    // As if each thousand of events filled a segment.
    world.log.blockSizes = async (_, to) => Array.from({ length: Math.ceil(to / 1_000) }, () => 64 * 1024 * 1024);
    const others = Promise.withResolvers<void>();
    let hugeJob = '';
    world.participants.before = (_, jobId) => (jobId === hugeJob ? others.promise : Promise.resolve());
    hugeJob = (await world.bus.request(contracts.startBackup, { principal, app: huge })).jobId;
    const parts = async () => (await world.store.progress(hugeJob)).export;
    await expect.poll(async () => (await parts()).running).toBe(MAX_IN_FLIGHT);
    try {
      const small = await Promise.all(apps.map((app) => world.backup(app)));
      expect(small.map(({ status, error }) => error ?? status)).toEqual(small.map(() => 'Completed'));
      expect(await parts()).toMatchObject({ running: MAX_IN_FLIGHT, done: 0 });
    } finally {
      others.resolve();
    }
    await world.end(hugeJob);
    await expectWhole(hugeJob, PARTS * 1_000);
  });
});
