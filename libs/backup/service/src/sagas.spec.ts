import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArchiveReader, checkManifest, FRAGMENT_FORMAT, inspectEvents, openObject, readManifest } from '@reprise/backup-archive';
import { hostileZip, unzipped } from '@reprise/backup-archive/testing';
import { changeJob } from '@reprise/backup-core';
import * as contracts from '@reprise/contracts';
import { HOW_TO_ENABLE_S3, s3Servers, type TestEngine } from '@reprise/engines';
import { RepriseError } from '@reprise/kernel';
import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixture, principal, World } from './testing/world.js';

const messages = (job: contracts.JobView) => job.log.map(({ message }) => message);

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

describe('a restore', () => {
  it('of a genuine archive ends with its app, and a log as Squidex writes it', async () => {
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip')))));
    expect(job).toMatchObject({ status: 'Completed', handledEvents: 73, totalEvents: 73, handledAssets: 8, totalAssets: 8, app: { name: 'small-app' } });
    expect(messages(job).filter((line) => !line.startsWith('Warning'))).toEqual([
      'Started. The restore process has the following steps:',
      '  * Download backup',
      '  * Restore events and attachments.',
      '  * Restore all objects like app, schemas and contents',
      '  * Complete the restore operation for all objects',
      'Downloading Backup',
      'Downloaded Backup',
      'Creating Users',
      'Created Users',
      'Reading 73/73 events and 14 attachments completed.',
      ...['Restored', 'Completed'].flatMap((done) => ['Apps', 'Assets', 'Rules', 'Schemas', 'Contents'].map((part) => `${done} ${part}`)),
      'Current user not assigned because restore was triggered by client.',
      'Completed, Yeah!',
    ]);
    expect(messages(job)).toContain("Warning: The archive has no manifest: completeness can't be proved.");
    expect(job.report).toMatchObject({ app: { name: 'small-app' }, clients: ['default', 'mobile'], roles: ['Writers'], manifest: 'absent', unknownTypes: {} });
    expect(world.log.apps.get(job.app!.id)?.state).toBe('open');
    expect(await world.kept()).toEqual([]);
    expect(world.bus.sent).toContain('restore.completed');
  });

  it('counts versions in file order and restores V1 as well', async () => {
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small-v1.zip'))), 'other'));
    const versions = new Map<string, number>();
    for (const event of world.log.apps.get(job.app!.id)!.events) {
      expect(event!.version).toBe(versions.get(event!.stream) ?? 0);
      versions.set(event!.stream, event!.version + 1);
    }
    expect(world.participants.names.has('other')).toBe(true);
  });

  it('names lost files and goes on', async () => {
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('missing-asset.zip')))));
    expect(job.status).toBe('Completed');
    expect(messages(job).filter((line) => line.includes('is lost'))).not.toEqual([]);
    expect((job.report as { missingAssets: number }).missingAssets).toBe(messages(job).filter((line) => line.includes('is lost')).length);
    expect(job).toMatchObject({ handledAssets: 6, totalAssets: 6, lostAssets: 2 });
  });

  it('can be tried without any effect', async () => {
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new', true));
    expect(job).toMatchObject({
      status: 'Completed',
      report: { events: 73, assets: 8, missingAssets: 0, usersToCreate: ['editor+tag@example.com', 'Gone.Person@Example.org'] },
    });
    expect(world.bus.sent).not.toContain('app-registry.reserve-name');
    expect(await world.kept()).toEqual([]);
  });

  it('fails with the reason, and leaves nothing', async () => {
    const small = await readFile(fixture('small.zip'));
    await world.smallApp('taken');
    const files = (await world.kept()).length;
    const apps = world.log.apps.size;
    const cases: [Uint8Array, string, RegExp][] = [
      [Buffer.from('not a zip at all, but long enough to be looked at as one'), 'a', /zip/i],
      [small.subarray(0, small.length / 2), 'b', /zip|truncated|cut|damaged|corrupt/i],
      [small, 'taken', /name is not available: there is an app named taken/],
    ];
    for (const [bytes, name, message] of cases) {
      const job = await world.restored(await world.restore(await world.upload(bytes), name));
      expect(job.status).toBe('Failed');
      expect(job.error?.message).toMatch(message);
      expect(messages(job).at(-1)).toBe(job.error?.message);
    }
    expect(world.participants.names.has('a')).toBe(false);
    expect(world.log.apps.size).toBe(apps);
    expect((await world.kept()).length).toBe(files);
  });

  it('hands on what the archive has beside events', async () => {
    const bodies = new Map<string, object>();
    for (const contract of [contracts.importRegistry, contracts.importAssetMetadata]) {
      const handle = world.bus.handlers.get(contract.name)!;
      world.bus.on(contract, (body: object) => {
        bodies.set(contract.name, body);
        return handle(body as never);
      });
    }
    await world.smallApp();
    expect(bodies.get(contracts.importRegistry.name)).toMatchObject({
      settings: '{"schemas":{"articles":{"view":"list","sizes":[100,200]}},"theme":"dark"}',
      users: { f2a8f33731ad441f8efc2e2a: 'owner@example.com' },
      createUsers: true,
      avatar: { size: 852 },
    });
    expect(bodies.get(contracts.importAssetMetadata.name)).toMatchObject({ tags: expect.stringMatching(/^{"/), aliases: '{"news":"press"}' });
  });

  it('of an app with a name that none may have here asks for another one, and a dry run says so', async () => {
    const entries = await unzipped(await readFile(fixture('small.zip')));
    const created = entries.find(({ name }) => name === 'events/0/0.json')!;
    created.content = Buffer.from(created.content.toString().replaceAll('small-app', 'backups'));
    const archive = hostileZip(entries);
    const problem = "The app in the archive is named 'backups'. ";
    const tried = await world.restored(await world.restore(await world.upload(archive), undefined, true));
    expect(messages(tried)).toContainEqual(expect.stringMatching(`^Warning: ${problem}.*Restore it under another name.$`));
    const job = await world.restored(await world.restore(await world.upload(archive)));
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'apps.name-reserved', message: expect.stringContaining(problem) } });
    expect(world.bus.sent).not.toContain('app-registry.reserve-name');
    expect(await world.restored(await world.restore(await world.upload(archive), 'other'))).toMatchObject({ status: 'Completed', app: { name: 'other' } });
  });

  it('that fails while it imports is discarded everywhere, and its name is free', async () => {
    world.participants.before = async (contract) => {
      if (contract === 'assets.import-segment') throw new RepriseError('corrupt', 'archive.crc', 'The entry x is damaged.');
    };
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new'));
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'archive.crc', message: 'The entry x is damaged.' } });
    expect(new Set(world.participants.discarded).size).toBe(4);
    expect([world.participants.names.size, world.log.apps.size, (await world.kept()).length]).toEqual([0, 0, 0]);
  });

  it('is cancelled while it imports, after its workers have stopped', async () => {
    let release = () => undefined as void;
    const held = new Promise<void>((done) => (release = done));
    let arrived = () => undefined as void;
    const importing = new Promise<void>((done) => (arrived = done));
    world.participants.before = async (contract) => {
      if (contract !== 'event-store.import-segment') return;
      arrived();
      await held;
    };
    const jobId = await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new');
    await importing;
    await world.bus.request(contracts.cancelJob, { principal, jobId });
    await expect.poll(async () => (await world.store.find(jobId))?.stage).toBe('cleaning');
    await new Promise((done) => setTimeout(done, 50));
    expect(world.participants.discarded).toEqual([]);
    release();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Cancelled' });
    expect([world.participants.names.size, world.log.apps.size, (await world.kept()).length]).toEqual([0, 0, 0]);
  });

  it('goes on after a stop in the middle', async () => {
    let stopped = false;
    let release = () => undefined as void;
    const dead = new Promise<void>((done) => (release = done));
    world.participants.before = async (contract) => {
      if (contract.endsWith('.import-segment') && !stopped) await dead;
    };
    const jobId = await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new');
    while ((await world.store.find(jobId))?.stage !== 'importing') await new Promise((done) => setTimeout(done, 5));
    await world.kill();
    stopped = true;
    await world.start();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Completed', handledEvents: 73, handledAssets: 8 });
    release();
  });

  it('is Cancelled when somebody cancels in the last moment before its app is opened, and leaves nothing', async () => {
    let jobId = '';
    world.bus.on(contracts.openLog, async ({ appId }: { appId: string }) => {
      await world.bus.request(contracts.cancelJob, { principal, jobId });
      return { head: world.log.open(appId) };
    });
    jobId = await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new');
    expect(await world.restored(jobId)).toMatchObject({ status: 'Cancelled' });
    expect([world.participants.names.size, world.log.apps.size, (await world.kept()).length]).toEqual([0, 0, 0]);
  });

  it('asks again until all has been discarded, before it is Failed', async () => {
    const asked: string[] = [];
    world.participants.before = async (contract) => {
      if (contract === 'assets.import-segment') throw new RepriseError('corrupt', 'archive.crc', 'The entry x is damaged.');
      if (contract.endsWith('.discard')) asked.push(contract);
      if (contract === 'assets.discard' && asked.filter((each) => each === contract).length < 3) throw new RepriseError('internal', 'internal', 'A fault.');
    };
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new'));
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'archive.crc' } });
    expect(asked.filter((contract) => contract === 'assets.discard')).toHaveLength(3);
    expect([world.participants.names.size, world.log.apps.size, (await world.kept()).length]).toEqual([0, 0, 0]);
  });

  it('fails when the log does not hold all of it in the end, and leaves nothing', async () => {
    world.participants.before = async (contract) => {
      if (contract === 'contents.rebuild') [...world.log.apps.values()][0]!.events.pop();
    };
    const job = await world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip'))), 'new'));
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'restores.incomplete', message: '73 events were to be restored, 72 are there.' } });
    expect([world.participants.names.size, world.log.apps.size, (await world.kept()).length]).toEqual([0, 0, 0]);
  });

  it('fails when its upload never arrived, or its backup is gone before it is taken up', async () => {
    const { key } = await world.bus.request(contracts.beginArchiveUpload, { principal });
    const upload = await world.restored(await world.restore({ kind: 'upload', key, fileName: 'a.zip' }, 'new'));
    expect(upload).toMatchObject({ status: 'Failed', error: { code: 'restores.upload-missing' } });
    const { id } = await world.backup(await world.smallApp());
    world.bus.hold();
    const jobId = await world.restore({ kind: 'backup', backupId: id }, 'new');
    await world.bus.request(contracts.deleteBackup, { principal, jobId: id });
    world.bus.release();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Failed', error: { code: 'backups.not-found' } });
    expect(await world.kept()).toEqual([]);
  });

  it('goes on beside others, and of several into one name the first has it', async () => {
    const small = await readFile(fixture('small.zip'));
    const names = ['one', 'two', 'three', 'same', 'same', 'same'];
    const ids = await Promise.all(names.map(async (name) => world.restore(await world.upload(small), name)));
    const jobs = await Promise.all(ids.map((id) => world.restored(id)));
    expect(jobs.slice(0, 3).map(({ status, handledEvents }) => [status, handledEvents])).toEqual(Array(3).fill(['Completed', 73]));
    expect(
      jobs
        .slice(3)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['Completed', 'Failed', 'Failed']);
    expect([...world.participants.names.keys()].sort()).toEqual(['one', 'same', 'three', 'two']);
    expect([world.log.apps.size, (await world.kept()).length]).toEqual([4, 0]);
  });

  it('tried without effect keeps its report when it is killed while the archive goes', async () => {
    const { deleteAll } = world.archives;
    let deleting = () => undefined as void;
    const reached = new Promise<void>((done) => (deleting = done));
    world.archives.deleteAll = () => {
      deleting();
      return new Promise(() => undefined);
    };
    const source = await world.upload(await readFile(fixture('small.zip')));
    const jobId = await world.restore(source, 'new', true);
    await reached;
    await world.kill();
    world.archives.deleteAll = deleteAll;
    if (source.kind === 'upload') await world.archives.delete(source.key);
    await world.start();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Completed', report: { events: 73 } });
    expect(await world.kept()).toEqual([]);
  });

  it('leaves no upload behind that nobody took up, also when it cannot be removed at first', async () => {
    await world.store.beginUpload('uploads/old');
    world.clock.forward(25 * 60 * 60 * 1_000);
    await world.archives.put('uploads/old', Buffer.from('bytes'));
    const { delete: remove } = world.archives;
    world.archives.delete = () => Promise.reject(new RepriseError('unavailable', 'storage.down', 'The store is down.'));
    await world.look();
    expect(await world.kept()).toEqual(['uploads/old']);
    world.archives.delete = remove;
    await world.look();
    expect(await world.kept()).toEqual([]);
  });

  it('is for administrators, of valid names and addresses', async () => {
    const source = { kind: 'url' as const, url: 'https://cms.example.com/a.zip' };
    const other = { actor: 'client:blog:app', administrator: false, app: { id: 'a', name: 'blog', role: 'Owner' } };
    await expect(world.bus.request(contracts.startRestore, { principal: other, source })).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(world.restore({ kind: 'url', url: 'file:///etc/passwd' }, 'No Slug')).rejects.toMatchObject({
      code: 'restores.invalid',
      details: [expect.stringMatching(/^name: Name is not a valid slug\./), 'url: Url must begin with http or https.'],
    });
    await expect(world.restore(source, 'jobs')).rejects.toMatchObject({ details: [expect.stringContaining("'jobs' is reserved")] });
    await expect(world.restore({ kind: 'backup', backupId: 'unknown' })).rejects.toMatchObject({ code: 'backups.not-found' });
  });
});

describe('a restore by address', () => {
  let web: Server;
  let small: Buffer;
  /** Half of the archive is out; the rest follows when it is called. */
  let sendRest: () => void;
  let url: string;

  beforeEach(async () => {
    small = await readFile(fixture('small.zip'));
    const rest = new Promise<void>((resolve) => (sendRest = resolve));
    web = createServer((_, response) => {
      response.writeHead(200, { 'content-length': small.length }).write(small.subarray(0, 30_000));
      void rest.then(() => response.end(small.subarray(30_000)));
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/small.zip`;
  });
  afterEach(() => {
    sendRest();
    web.close();
  });

  const look = async (jobId: string) => (await world.bus.request(contracts.findRestore, { principal, jobId })).job;

  it('tells how much of the archive has come', async () => {
    const jobId = await world.restore({ kind: 'url', url }, 'new');
    await expect.poll(async () => (await look(jobId)).totalBytes).toBe(small.length);
    const { handledBytes, phase } = await look(jobId);
    expect([phase, handledBytes > 0, handledBytes <= 30_000]).toEqual(['fetching', true, true]);
    sendRest();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Completed', handledBytes: small.length, handledEvents: 73 });
  });

  it('stops when it was cancelled, also where another process was told', async () => {
    const jobId = await world.restore({ kind: 'url', url }, 'new');
    await expect.poll(async () => (await look(jobId)).totalBytes).toBe(small.length);
    await changeJob(world.store, jobId, (job) => ({ ...job, cancelRequested: true }));
    sendRest();
    expect(await world.restored(jobId)).toMatchObject({ status: 'Cancelled' });
    expect([world.bus.sent.includes('app-registry.reserve-name'), await world.kept()]).toEqual([false, []]);
  });
});

describe('a dry run', () => {
  const dryRun = async (name?: string) => world.restored(await world.restore(await world.upload(await readFile(fixture('small.zip'))), name, true));

  it('says that the name is taken, as the restore would', async () => {
    const free = await dryRun();
    expect([free.status, free.report]).toMatchObject(['Completed', { events: 73 }]);
    expect(messages(free).filter((line) => line.includes('already'))).toEqual([]);
    await world.smallApp();
    for (const taken of [await dryRun(), await dryRun('small-app')]) {
      const warning = 'There is an app named small-app already. Restore under another name.';
      expect((taken.report as { warnings: string[] }).warnings).toContain(warning);
      expect(messages(taken)).toContain(`Warning: ${warning}`);
    }
  });
});

describe('a backup', () => {
  it('holds the whole app, with a manifest, and leaves no working file', async () => {
    const app = await world.smallApp();
    const job = await world.backup(app);
    expect(job).toMatchObject({ status: 'Completed', handledEvents: 73, totalEvents: 73, handledAssets: 8, totalAssets: 8, handledBytes: job.archive!.size });
    expect(messages(job)).toEqual(['Total events: 73, assets: 8']);
    expect(job.archive?.fileName).toMatch(/^backup-small-app-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.zip$/);
    expect(await world.kept()).toEqual([await world.archiveOf(job.id)]);
    const reader = await ArchiveReader.open(await openObject(world.archives, await world.archiveOf(job.id)));
    expect(reader.events).toBe(73);
    expect((await readManifest(reader))?.manifest).toMatchObject({ events: 73, assets: 8, app, tool: 'reprise 1.2.3' });
    expect(job.archive?.etag).toBe(`${job.id}-${(await readManifest(reader))!.manifest.root}`);
    expect(await reader.readText('version.json')).toBe('{"major":5}');
    expect(JSON.parse((await reader.readText('users.json'))!)).not.toEqual({});
  });

  it('fails when a part of it ends each process that takes it on', async () => {
    const app = await world.smallApp();
    let taken = 0;
    world.participants.before = async (contract) => {
      if (contract !== contracts.exportEvents.name) return;
      taken++;
      await new Promise(() => undefined);
    };
    const { jobId } = await world.bus.request(contracts.startBackup, { principal, app });
    for (let attempt = 1; attempt <= 20; attempt++) {
      await expect.poll(() => taken, { timeout: 20_000 }).toBe(attempt);
      await world.kill();
      await world.start();
    }
    await world.end(jobId);
    expect(await world.job(app, jobId)).toMatchObject({ status: 'Failed', error: { code: 'jobs.segment-abandoned' } });
    expect([taken, await world.kept()]).toEqual([20, []]);
  });

  it('restores from here by its id and by its link, whatever host the link names', async () => {
    const app = await world.smallApp();
    const job = await world.backup(app);
    const { expires, signature } = job.archive!.link;
    const query = `appId=${app.id}&expires=${expires}&signature=${signature}`;
    const url = `http://10.0.0.1:9/base/api/apps/jobs/${job.id}?${query}`;
    const byLink = await world.restored(await world.restore({ kind: 'url', url }, 'by-link'));
    expect(byLink).toMatchObject({ status: 'Completed', url, report: { manifest: 'proved', events: 73 } });
    expect(await world.restored(await world.restore({ kind: 'backup', backupId: job.id }, 'by-id'))).toMatchObject({ status: 'Completed', handledAssets: 8 });
    const forged = await world.restored(await world.restore({ kind: 'url', url: `https://here/api/apps/jobs/${job.id}?${query}x` }, 'forged'));
    expect(forged).toMatchObject({ status: 'Failed', error: { code: 'restores.link-expired' } });
  });

  it('opens to its link and to those with rights on the app', async () => {
    const app = await world.smallApp();
    const job = await world.backup(app);
    const open = (parts: object) => world.bus.request(contracts.openArchive, { jobId: job.id, ...parts });
    const archive = { key: await world.archiveOf(job.id), size: job.archive!.size };
    expect(await open({ appId: app.id, link: job.archive!.link })).toMatchObject(archive);
    expect(await open({ principal })).toMatchObject(archive);
    expect(await open({ principal: { actor: 'x', administrator: false, app: { ...app, role: 'Owner' } } })).toMatchObject(archive);
    const refused = [{}, { appId: app.id }, { appId: 'other', link: job.archive!.link }, { link: { ...job.archive!.link, expires: 1 } }];
    // An archive holds the secrets of the app's clients, which developers aren't told either.
    const others = ['Developer', 'Reader'].map((role) => ({ principal: { actor: 'x', administrator: false, app: { ...app, role } } }));
    for (const parts of [...refused, ...others]) await expect(open(parts)).rejects.toMatchObject({ code: 'backups.not-found' });
  });

  it('goes by the word of an administrator, whatever became of its app', async () => {
    const app = await world.smallApp();
    const job = await world.backup(app);
    const owner = { actor: 'x', administrator: false, app: { ...app, role: 'Owner' } };
    await expect(world.bus.request(contracts.deleteBackup, { principal: owner, jobId: job.id })).rejects.toMatchObject({ code: 'auth.forbidden' });
    await world.bus.request(contracts.deleteBackup, { principal, jobId: job.id });
    await world.end(job.id);
    await world.bus.idle();
    expect((await world.bus.request(contracts.listBackups, { principal })).jobs).toEqual([]);
    expect(await world.kept()).toEqual([]);
    await expect(world.bus.request(contracts.deleteBackup, { principal, jobId: 'unknown' })).rejects.toMatchObject({ code: 'backups.not-found' });
  });

  it('is refused beyond the limit until one is deleted, and its archive with it', async () => {
    const app = await world.smallApp();
    const first = await world.backup(app);
    const archive = await world.archiveOf(first.id);
    await world.backup(app);
    await expect(world.backup(app)).rejects.toThrow('You cannot have more than 2 backups.');
    await world.bus.request(contracts.deleteBackup, { principal, app, jobId: first.id });
    await expect(world.bus.request(contracts.openArchive, { jobId: first.id, principal })).rejects.toMatchObject({ code: 'backups.not-found' });
    await world.end(first.id);
    await world.bus.idle();
    expect(await world.kept()).not.toContain(archive);
    expect((await world.backup(app)).status).toBe('Completed');
  });

  it('that is deleted while it runs leaves nothing', async () => {
    const app = await world.smallApp();
    const held: (() => void)[] = [];
    world.participants.before = () => new Promise<void>((done) => held.push(done));
    const { jobId } = await world.bus.request(contracts.startBackup, { principal, app });
    await expect(world.bus.request(contracts.startBackup, { principal, app })).rejects.toThrow('Another job is already running.');
    while ((await world.store.progress(jobId)).export.running === 0) await new Promise((done) => setTimeout(done, 5));
    await world.bus.request(contracts.deleteBackup, { principal, app, jobId });
    expect((await world.bus.request(contracts.listBackups, { principal, app })).jobs).toEqual([]);
    world.participants.before = async () => undefined;
    while (await world.store.find(jobId)) {
      held.pop()?.();
      await new Promise((done) => setTimeout(done, 5));
    }
    expect(await world.kept()).toEqual([]);
  });

  it('makes its segments again when events were erased meanwhile', async () => {
    const app = await world.smallApp();
    let exports = 0;
    world.participants.before = async (contract) => {
      if (contract === 'event-store.export-segment' && exports++ === 0) world.log.apps.get(app.id)!.epoch++;
    };
    expect((await world.backup(app)).status).toBe('Completed');
    expect(exports).toBe(2);
  });

  it('makes them again when events were erased while it was assembled', async () => {
    const app = await world.smallApp();
    let assembled = 0;
    world.bus.on(contracts.resolveUsers, async () => {
      if (assembled++ === 0) world.log.apps.get(app.id)!.epoch++;
      return { users: {} };
    });
    expect(await world.backup(app)).toMatchObject({ status: 'Completed', handledEvents: 73 });
    expect([assembled, world.bus.sent.filter((name) => name === contracts.exportEvents.name).length]).toEqual([2, 2]);
  });

  it('fails when its archive is not what was written, and leaves none', async () => {
    const app = await world.smallApp();
    const { compose } = world.archives;
    world.archives.compose = async (...args) => ({ size: (await compose.apply(world.archives, args)).size + 1 });
    const job = await world.backup(app);
    expect(job).toMatchObject({
      status: 'Failed',
      error: { code: 'archive.fragment-changed', message: expect.stringMatching(/came to \d+ bytes instead of \d+/) },
    });
    expect(await world.kept()).toEqual([]);
  });

  it('holds the image of the app, and goes without it when it is lost', async () => {
    const app = await world.smallApp();
    const snapshot = await world.bus.request(contracts.snapshotRegistry, { appId: app.id, jobId: 'x' });
    world.bus.on(contracts.snapshotRegistry, async () => ({ ...snapshot, avatar: { key: 'image', size: 5 } }));
    const avatarOf = async ({ id }: contracts.JobView) =>
      (await ArchiveReader.open(await openObject(world.archives, await world.archiveOf(id)))).readText('avatar.image');
    expect(await avatarOf(await world.backup(app))).toBeUndefined();
    await world.assets.put('image', Buffer.from('image'));
    expect(await avatarOf(await world.backup(app))).toBe('image');
  });

  it('fails when there is no log', async () => {
    const app = await world.smallApp();
    world.log.purge(app.id);
    expect(await world.backup(app)).toMatchObject({ status: 'Failed', error: { code: 'backups.no-log' } });
    world.log.apps.set(app.id, { events: [], state: 'open', epoch: 0 });
    expect(await world.backup(app)).toMatchObject({ status: 'Failed', error: { code: 'backups.no-log' } });
    expect(await world.kept()).toEqual([]);
  });

  it('fails when a participant is never there', async () => {
    const app = await world.smallApp();
    let attempts = 0;
    world.participants.before = async (contract) => {
      if (contract !== 'event-store.export-segment') return;
      attempts++;
      throw new RepriseError('unavailable', 'storage.down', 'The store is down.');
    };
    expect(await world.backup(app)).toMatchObject({ status: 'Failed', error: { code: 'storage.down' } });
    expect(attempts).toBe(20);
    expect(await world.kept()).toEqual([]);
  });

  it('fails when its parts cannot be given out, instead of waiting for those that nobody got', async () => {
    const app = await world.smallApp();
    const { enqueue } = world.bus;
    world.bus.enqueue = (contract, ...rest) =>
      contract.name === contracts.exportAssets.name
        ? Promise.reject(new RepriseError('unavailable', 'messaging.down', 'The broker is down.'))
        : enqueue.call(world.bus, contract, ...rest);
    expect(await world.backup(app)).toMatchObject({ status: 'Failed', error: { code: 'messaging.down' } });
    expect(await world.kept()).toEqual([]);
  });

  it('waits for no report that could not be stored at first', async () => {
    const app = await world.smallApp();
    const { finish } = world.store;
    let failures = 3;
    world.store.finish = async (...report) => {
      if (failures-- > 0) throw new RepriseError('unavailable', 'storage.full', 'The disk is full.');
      return finish.apply(world.store, report);
    };
    expect((await world.backup(app)).status).toBe('Completed');
    expect(failures).toBeLessThan(0);
  });

  it('that is cancelled while it is assembled is Cancelled, and no archive is left', async () => {
    const app = await world.smallApp();
    let jobId = '';
    world.bus.on(contracts.resolveUsers, async () => {
      await world.bus.request(contracts.cancelJob, { principal, jobId });
      return { users: {} };
    });
    ({ jobId } = await world.bus.request(contracts.startBackup, { principal, app }));
    await world.end(jobId);
    expect(await world.store.find(jobId)).toMatchObject({ status: 'Cancelled', stage: 'finished' });
    expect(await world.kept()).toEqual([]);
  });

  it('outlives an outage of a participant', async () => {
    const app = await world.smallApp();
    let failures = 2;
    world.participants.before = async () => {
      if (failures-- > 0) throw new RepriseError('unavailable', 'storage.down', 'The store is down.');
    };
    expect((await world.backup(app)).status).toBe('Completed');
  });

  it('is listed for administrators when its app is gone', async () => {
    const app = await world.smallApp();
    await world.backup(app);
    world.participants.names.delete(app.name);
    const { jobs } = await world.bus.request(contracts.listBackups, { principal });
    expect(jobs.map((job) => job.app)).toEqual([app]);
    await expect(world.bus.request(contracts.startBackup, { principal, app })).rejects.toMatchObject({ code: 'apps.not-found' });
  });
});

describe('a check of a backup', () => {
  let app: { id: string; name: string };
  let backupId: string;
  beforeEach(async () => {
    app = await world.smallApp();
    backupId = (await world.backup(app)).id;
  });
  const result = async (kind: 'verified' | 'proved') => (await world.job(app, backupId))[kind];

  it('is announced, dated on the backup, and leaves nothing else', async () => {
    const [apps, kept] = [world.log.apps.size, await world.kept()];
    expect(await world.check('verify', app, backupId)).toMatchObject({
      status: 'Completed',
      handledEvents: 73,
      handledAssets: 8,
      backupId,
      result: { ok: true },
    });
    expect(await world.check('prove', app, backupId)).toMatchObject({ status: 'Completed', handledEvents: 73, handledAssets: 8, backupId });
    expect(await result('verified')).toMatchObject({ ok: true, findings: [] });
    expect(await result('proved')).toMatchObject({ ok: true, comparedRows: 15, comparedFolds: 3 });
    expect(world.bus.sent).toEqual(expect.arrayContaining(['verification.completed', 'proof.completed']));
    expect([world.log.apps.size, await world.kept(), new Set(world.participants.discarded).size]).toEqual([apps, kept, 4]);
    expect([...world.participants.names.keys()]).toEqual(['small-app']);
  });

  it('fails where something differs, with all findings kept', async () => {
    world.participants.differences = ['content a: it differs.'];
    const job = await world.check('prove', app, backupId);
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'proofs.differs', message: 'content a: it differs. And 2 more.' } });
    expect(await result('proved')).toMatchObject({ ok: false, findings: Array(3).fill('content a: it differs.') });
    expect(world.log.apps.size).toBe(1);
  });

  it('says nothing about the backup when it fails of something else', async () => {
    world.participants.before = async (contract) => {
      if (contract === 'contents.rebuild') throw new RepriseError('internal', 'read-models.broken', 'The database is broken.');
    };
    expect(await world.check('prove', app, backupId)).toMatchObject({ status: 'Failed', error: { code: 'read-models.broken' } });
    expect(await result('proved')).toBeUndefined();
    expect(world.log.apps.size).toBe(1);
  });

  it('goes on after a stop in the middle', async () => {
    let stopped = false;
    let release = () => undefined as void;
    const dead = new Promise<void>((done) => (release = done));
    world.participants.before = async (contract) => {
      if (contract === 'assets.compare' && !stopped) await dead;
    };
    const { jobId } = await world.bus.request(contracts.startCheck, { principal, app, backupId, kind: 'prove' });
    while ((await world.store.find(jobId))?.stage !== 'comparing') await new Promise((done) => setTimeout(done, 5));
    await world.kill();
    stopped = true;
    await world.start();
    await world.end(jobId);
    expect(await world.job(app, jobId)).toMatchObject({ status: 'Completed', result: { ok: true, comparedRows: 15 } });
    expect(world.log.apps.size).toBe(1);
    release();
  });

  it('goes with its backup, running or not', async () => {
    await world.check('verify', app, backupId);
    let arrived = () => undefined as void;
    const importing = new Promise<void>((done) => (arrived = done));
    let release = () => undefined as void;
    const held = new Promise<void>((done) => (release = done));
    world.participants.before = async (contract) => {
      if (contract !== 'event-store.import-segment') return;
      arrived();
      await held;
    };
    await world.bus.request(contracts.startCheck, { principal, app, backupId, kind: 'prove' });
    await importing;
    await world.bus.request(contracts.deleteBackup, { principal, app, jobId: backupId });
    release();
    await expect.poll(() => world.store.list({ appId: app.id })).toEqual([expect.objectContaining({ kind: 'restore' })]);
    expect([world.log.apps.size, await world.kept()]).toEqual([1, []]);
  });

  it('stays when another backup goes', async () => {
    const { id: other } = await world.backup(app);
    const { id } = await world.check('verify', app, backupId);
    await world.check('verify', app, other);
    await world.bus.request(contracts.deleteBackup, { principal, app, jobId: other });
    const ofBackups = async () => (await world.store.list({ appId: app.id })).filter(({ kind }) => kind !== 'restore').map((job) => job.id);
    await world.bus.idle();
    expect((await ofBackups()).toSorted()).toEqual([backupId, id].toSorted());
    expect(await result('verified')).toMatchObject({ ok: true });
  });

  it('is for owners, of backups that there are, one of a kind at a time', async () => {
    const start = (parts: object) => world.bus.request(contracts.startCheck, { principal, app, backupId, kind: 'verify', ...parts });
    const other = { actor: 'client:small-app:reader', administrator: false, app: { ...app, role: 'Editor' } };
    await expect(start({ principal: other })).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(start({ backupId: 'unknown' })).rejects.toMatchObject({ code: 'backups.not-found' });
    await expect(start({ app: { id: 'other', name: 'other' } })).rejects.toMatchObject({ code: 'backups.not-found' });
  });
});

describe('the next backup', () => {
  let app: { id: string; name: string };
  beforeEach(async () => {
    app = await world.smallApp();
    world.grow(app, 4_200);
  });

  const key = (name: string, epoch = 0) => `fragments/${app.id}/${FRAGMENT_FORMAT}-${epoch}/${name}`;
  const fragments = () => world.kept(['fragments/']);
  const KEPT = ['assets-1-4000', 'events-1-4000'];
  const keptKeys = (epoch = 0) => KEPT.flatMap((name) => [key(name, epoch), key(`${name}.index`, epoch)]);
  /** Names of the fragments that were made since the last call. */
  const made = () => world.participants.made.splice(0).map((made) => made.split('/').at(-1)!);

  /** Every byte that an archive holds for an app but what is told of the moment, digests proved. */
  async function contentOf(job: contracts.JobView): Promise<[string, string][]> {
    const reader = await world.readerOf(job);
    const manifest = (await readManifest(reader))!;
    checkManifest(manifest, { folders: await foldersOf(reader), assets: manifest.assets });
    const paths = [...reader.attachmentPaths()].filter((path) => !path.endsWith('/manifest.json'));
    const attachments = await Promise.all(
      paths.map(async (path) => [path, (await reader.readEntry(reader.attachments(path.split('/')[2]!)[0]!)).toString('hex')]),
    );
    const folders = manifest.folders.map(({ name, sha256 }) => [name, sha256]);
    return [...attachments, ...folders] as [string, string][];
  }

  async function foldersOf(reader: ArchiveReader) {
    const folders = [];
    for await (const { folder } of inspectEvents(reader, world.pool)) if (folder) folders.push(folder);
    return folders;
  }

  async function deleted(job: contracts.JobView): Promise<void> {
    await world.bus.request(contracts.deleteBackup, { principal, app, jobId: job.id });
    await world.end(job.id);
  }

  it('exports only what is new, and is the same as one that exports all', async () => {
    const first = await world.backup(app);
    expect(messages(first)).toEqual(['Total events: 4200, assets: 8']);
    expect(await fragments()).toEqual(keptKeys());
    expect(made()).toHaveLength(4);
    world.grow(app, 4_300);
    const next = await world.backup(app);
    expect(messages(next)).toEqual(['Taken over from before: events: 4000, assets: 8', 'Total events: 4300, assets: 8']);
    expect(next).toMatchObject({ status: 'Completed', handledEvents: 4_300, totalEvents: 4_300, handledAssets: 8, totalAssets: 8 });
    expect(made().sort()).toEqual(['assets-4001-4300', 'events-4001-4300']);
    expect(await world.kept(['jobs/'])).toEqual([]);
    const content = await contentOf(next);
    await deleted(first);
    await world.archives.deleteAll('fragments/');
    const alone = await world.backup(app);
    expect(made()).toHaveLength(4);
    expect(await contentOf(alone)).toEqual(content);
    const users = JSON.parse((await (await world.readerOf(next)).readText('users.json'))!) as Record<string, string>;
    expect(Object.keys(users)).toEqual(expect.arrayContaining(['user-1', 'user-2']));
  });

  it('counts the files of ranges that are kept by what is known of them, of others by the log', async () => {
    world.log.blockSizes = async (_, to) => Array.from({ length: Math.ceil(to / 1_000) }, () => 64 * 1024 * 1024);
    const counted: string[] = [];
    const { countTypes } = world.log;
    world.log.countTypes = (appId, range) => {
      counted.push(`${range.from}-${range.to}`);
      return countTypes.call(world.log, appId, range);
    };
    const totals = async () => {
      const job = await world.backup(app);
      await deleted(job);
      return [job.totalAssets, job.handledAssets, ...counted.splice(0)];
    };
    expect(await totals()).toEqual([8, 8, '1-1000', '1001-2000', '2001-3000', '3001-4000', '4001-4200']);
    expect(await totals()).toEqual([8, 8, '4001-4200']);
    await world.archives.delete(key('events-1-1000.index'));
    await world.archives.put(key('events-1001-2000.index'), Buffer.from('damaged'));
    expect(await totals()).toEqual([8, 8, '1-1000', '1001-2000', '4001-4200']);
  });

  const damages: [string, string, (bytes: Buffer) => Uint8Array | undefined][] = [
    ['has a bit that turned', '', (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 4)],
    ['was cut off', '', (bytes) => bytes.subarray(0, -1)],
    ['is gone', '', () => undefined],
    ['has no index', '.index', () => undefined],
    ['has an index with a bit that turned', '.index', (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 4)],
  ];
  async function damage(name: string, change: (bytes: Buffer) => Uint8Array | undefined): Promise<void> {
    const changed = change(await world.archives.read(key(name)));
    if (changed) await world.archives.put(key(name), changed);
    else await world.archives.delete(key(name));
  }

  it.each(damages)('makes a kept part again that %s', async (_, suffix, change) => {
    const content = await contentOf(await world.backup(app));
    made();
    await damage(`events-1-4000${suffix}`, change);
    const next = await world.backup(app);
    expect(made().sort()).toEqual(['assets-4001-4200', 'events-1-4000', 'events-4001-4200']);
    expect(messages(next)).toEqual(['Taken over from before: events: 0, assets: 8', 'Total events: 4200, assets: 8']);
    expect(await contentOf(next)).toEqual(content);
    expect(await fragments()).toEqual(keptKeys());
  });

  it.each(damages.filter(([what]) => what !== 'has a bit that turned'))('goes on when, just before it is assembled, a part %s', async (_, suffix, change) => {
    const content = await contentOf(await world.backup(app));
    made();
    let broken = false;
    world.bus.on(contracts.resolveUsers, async ({ ids }: { ids: string[] }) => {
      if (!broken && suffix === '') await damage('events-1-4000', change);
      broken = true;
      return { users: Object.fromEntries(ids.map((id) => [id, `${id}@example.com`])) };
    });
    const { finish } = world.store;
    world.store.finish = async (jobId, segment, ...report) => {
      const finished = await finish.call(world.store, jobId, segment, ...report);
      if (!broken && suffix !== '' && segment === 'export-events-0') {
        broken = true;
        await damage(`events-1-4000${suffix}`, change);
      }
      return finished;
    };
    const next = await world.backup(app);
    expect(broken).toBe(true);
    expect(made()).toEqual(expect.arrayContaining(['events-1-4000']));
    expect(messages(next)).toEqual(['Taken over from before: events: 4000, assets: 8', 'Total events: 4200, assets: 8']);
    expect(await contentOf(next)).toEqual(content);
  });

  it('fails when its parts are gone each time it is assembled', async () => {
    world.bus.on(contracts.resolveUsers, async () => {
      await world.archives.deleteAll('fragments/');
      return { users: {} };
    });
    expect(await world.backup(app)).toMatchObject({ status: 'Failed', error: { code: 'archive.fragment-changed' } });
    expect([await world.kept(), await fragments()]).toEqual([[], []]);
  });

  it('of a log that was set back and went on otherwise takes over nothing of what was', async () => {
    await deleted(await world.backup(app));
    made();
    world.log.apps.get(app.id)!.events.length = 3_000;
    world.grow(app, 4_200);
    for (const event of world.log.apps.get(app.id)!.events.slice(3_000)) event!.headers = event!.headers.replace('"EventId":"e', '"EventId":"f');
    const next = await world.backup(app);
    expect(made()).toHaveLength(4);
    await world.archives.deleteAll('fragments/');
    expect(await contentOf(next)).toEqual(await contentOf(await world.backup(app)));
  });

  it('after an erasure takes over nothing from before, and what was kept goes', async () => {
    await world.backup(app);
    made();
    world.log.apps.get(app.id)!.epoch++;
    expect((await world.backup(app)).status).toBe('Completed');
    expect(made()).toHaveLength(4);
    expect(await fragments()).toEqual([...keptKeys(), ...keptKeys(1)]);
    await world.restart();
    expect(await fragments()).toEqual(keptKeys(1));
  });

  it('goes on from what was kept when it is killed and started again', async () => {
    await world.backup(app);
    world.grow(app, 8_100);
    made();
    let reached = () => undefined as void;
    const exporting = new Promise<void>((done) => (reached = done));
    world.participants.before = () => {
      reached();
      return new Promise(() => undefined);
    };
    const { jobId } = await world.bus.request(contracts.startBackup, { principal, app });
    await exporting;
    await world.kill();
    world.participants.before = async () => undefined;
    await world.start();
    await world.end(jobId);
    expect(await world.store.find(jobId)).toMatchObject({ status: 'Completed', handledEvents: 8_100 });
    expect(made().sort()).toEqual(['assets-4001-8000', 'assets-8001-8100', 'events-4001-8000', 'events-8001-8100']);
  });

  it('is none of a deleted app, so what was kept for it goes, but for others stays', async () => {
    await world.backup(app);
    const other = await world.smallApp('other');
    world.grow(other, 4_001);
    await world.backup(other);
    const before = await fragments();
    await world.deleted(other.id);
    expect(await fragments()).toEqual(before);
    world.participants.names.delete('other');
    await world.deleted(other.id);
    expect(await fragments()).toEqual(keptKeys());
  });

  it('of an app that is deleted meanwhile is completed, and its parts go afterwards', async () => {
    let asked = 0;
    world.bus.on(contracts.resolveUsers, async () => {
      asked++;
      world.participants.names.delete(app.name);
      await world.deleted(app.id);
      return { users: {} };
    });
    const job = await world.backup(app);
    expect([job.status, asked]).toEqual(['Completed', 1]);
    expect(await fragments()).toEqual(keptKeys());
    await world.restart();
    expect(await fragments()).toEqual([]);
  });
});

const servers = s3Servers();
if (servers.length === 0) describe.skip(`backup and restore on S3 (${HOW_TO_ENABLE_S3})`, () => it('are tested', () => undefined));

describe.each(servers)('on $name', ({ start }) => {
  let server: TestEngine;
  let connection: S3Connection;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    connection = new S3Connection({ endpoint: server.url, accessKey: server.accessKey, secretKey: server.secretKey });
    await world.close();
    const stores = new Map(['archives', 'assets'].map((name) => [name, new S3ObjectStore(connection, { bucket: `sagas-${name}`, folder: name })]));
    for (const store of stores.values()) await store.prepare();
    world = await World.open({ storeNamed: (name) => stores.get(name)! });
  });
  afterEach(() => connection.close());

  it('a backup is assembled from what is kept, restored as it was, and deleted without a trace', { timeout: 240_000 }, async () => {
    const app = await world.smallApp();
    world.grow(app, 24_500);
    const first = await world.backup(app);
    expect(first).toMatchObject({ status: 'Completed', handledEvents: 24_500, handledAssets: 8 });
    world.grow(app, 24_600);
    const next = await world.backup(app);
    expect(messages(next)).toEqual(['Taken over from before: events: 24000, assets: 8', 'Total events: 24600, assets: 8']);
    expect((await world.check('verify', app, next.id)).status).toBe('Completed');

    const restored = await world.restored(await world.restore({ kind: 'backup', backupId: next.id }, 'again'));
    expect(restored).toMatchObject({ status: 'Completed', handledEvents: 24_600, handledAssets: 8 });
    const [before, after] = [app.id, restored.app!.id].map((id) => world.log.apps.get(id)!.events);
    // Ids of users and of the app are others, in payloads too; the job has proved these by digests.
    expect(after!.map((event) => event!.type)).toEqual(before!.map((event) => event!.type));

    for (const { id } of [first, next]) {
      await world.bus.request(contracts.deleteBackup, { principal, app, jobId: id });
      await world.end(id);
    }
    // A deletion is answered when it is stored; its objects go afterwards.
    await expect.poll(() => world.kept()).toEqual([]);
  });
});
