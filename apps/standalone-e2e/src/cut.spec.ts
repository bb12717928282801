import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredEvent } from '@reprise/event-store-core';
import { type AppContents, type BackupJob, differences, isFinished, readApp } from '@reprise/gateway-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { squidexSays } from './support/accepts.js';
import { BusyApp } from './support/busy-app.js';
import { type Hold, type Inside, startInside } from './support/inside/index.js';
import { completed, restore } from './support/standalone.js';
import { assetFiles, attachmentJson, eventTexts, readZip, type ZipEntry } from '@reprise/backup-testing';

/** What an app was at a moment when nobody wrote, by three witnesses that know nothing of exports: log, REST, and who sent the files. */
interface Moment {
  events: StoredEvent[];
  contents: AppContents;
  files: string[];
}

type Tags = Record<string, { name: string; count: number }>;

describe('A backup whose app is written to', { timeout: 600_000 }, () => {
  const open: Hold[] = [];
  let server: Inside;

  beforeAll(async () => void (server = await startInside()));
  afterEach(() => letGo(open.splice(0)));
  afterAll(() => server?.stop());

  function until(all: Hold[]): Promise<void[]> {
    open.push(...all);
    return Promise.all(all.map(({ reached }) => reached));
  }

  async function momentOf(app: BusyApp): Promise<Moment> {
    const contents = await readApp(server.client, app.name);
    return { events: await allEvents(await idOf(app)), contents, files: [...app.files].map(([name, digest]) => `${name} ${digest}`).toSorted() };
  }

  async function idOf({ name }: BusyApp): Promise<string> {
    return (await server.client.get<{ id: string }>(`/api/apps/${name}`)).id;
  }

  async function allEvents(appId: string): Promise<StoredEvent[]> {
    const { log } = server.stores;
    const { position } = await log.head(appId);
    const events: StoredEvent[] = [];
    while (events.length < position) events.push(...(await log.read(appId, { from: events.length + 1, to: position, limit: 5_000 })).events);
    return events;
  }

  async function start(app: BusyApp): Promise<string> {
    return (await server.client.send('POST', `/api/apps/${app.name}/backups`)).headers.get('location')!.split('/').at(-1)!;
  }

  /** Also of an app that is gone. */
  async function archiveOf(id: string): Promise<{ archive: Buffer; entries: ZipEntry[] }> {
    for (;;) {
      const { items } = await server.client.get<{ items: (BackupJob & { id: string })[] }>('/api/backups');
      const job = items.find((each) => each.id === id);
      if (job && isFinished(job)) {
        const archive = Buffer.from(await (await fetch(server.url + completed(job)._links['download']!.href)).arrayBuffer());
        return { archive, entries: await readZip(archive) };
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function restored(archive: Buffer, name: string): Promise<AppContents> {
    const file = join(server.dataDir, `${name}.zip`);
    await writeFile(file, archive);
    await restore(server.client, file, name);
    return readApp(server.client, name);
  }

  function expectEvents(entries: ZipEntry[], events: StoredEvent[]): void {
    const written = eventTexts(entries).map((text) => (JSON.parse(text) as { n: { t: string; s: string; p: string; h: { EventStreamNumber: number } } }).n);
    expect(written.map(({ t, s, p, h }) => [t, s, p, h.EventStreamNumber])).toEqual(
      events.map(({ type, stream, payload, version }) => [type, stream, payload, version]),
    );
  }

  const filesOf = (entries: ZipEntry[]) =>
    assetFiles(entries)
      .map((line) => line.slice(line.lastIndexOf('/') + 1))
      .toSorted();

  it('shows it at its cut, whatever twenty writers do while it is exported', async () => {
    const app = await BusyApp.create(server, 'cut-export');
    await app.change();
    const { events, contents, files } = await momentOf(app);
    const paused = await server.withinExport();
    const id = await start(app);
    await until(paused);
    await app.change();
    await putSettings(app, '{"changed":"during the export"}');
    await letGo(paused);
    const { archive, entries } = await archiveOf(id);

    expectEvents(entries, events);
    expect(filesOf(entries)).toEqual(files);
    expect(differences(await restored(archive, 'cut-export-restored'), contents)).toEqual([]);
    expect(attachmentJson(entries, 'settings.json')).toEqual({});
    expect(Object.values(attachmentJson<Tags>(entries, 'assettags.json')).map(({ name }) => name)).toEqual(['before', 'both', 'after 1']);
    expect(await squidexSays(archive, { strict: true })).toBeOneOf(['ACCEPTED', undefined]);
    // And what was written meanwhile is in the next one.
    expectEvents((await archiveOf(await start(app))).entries, await allEvents(await idOf(app)));
  });

  it('shows it at its cut, and with that at least the tags and people that it names, when it is changed before these are read', async () => {
    const app = await BusyApp.create(server, 'cut-snapshot');
    const { events, contents, files } = await momentOf(app);
    const paused = await server.beforeSnapshot();
    const id = await start(app);
    await until(paused);
    await app.change();
    await putSettings(app, '{"changed":"after the cut"}');
    await letGo(paused);
    const { archive, entries } = await archiveOf(id);

    expectEvents(entries, events);
    expect(filesOf(entries)).toEqual(files);
    // How often a tag is used is no matter of the cut.
    const found = differences(await restored(archive, 'cut-snapshot-restored'), contents);
    expect(found.filter(({ kind }) => kind !== 'tags')).toEqual([]);
    const archived = Object.values(attachmentJson<Tags>(entries, 'assettags.json')).map(({ name }) => name);
    expect(archived).toEqual(expect.arrayContaining(Object.keys(contents['tags']!)));
    // One version that was current after the cut was fixed.
    expect(attachmentJson(entries, 'settings.json')).toEqual({ changed: 'after the cut' });
    const users = attachmentJson<Record<string, string>>(entries, 'users.json');
    expect(Object.values(users)).toEqual(['person-0@example.com']);
  });

  it('holds of what was acknowledged in turn never the later without the earlier, and none twice', async () => {
    const app = await BusyApp.create(server, 'cut-amid');
    const acknowledgedBefore = (await allEvents(await idOf(app))).length;
    // All the time, not at one moment: the cut falls somewhere among these.
    const paused = await server.withinExport();
    const writing = app.change().then(() => app.change());
    const id = await start(app);
    await until(paused);
    await writing;
    await letGo(paused);
    const { archive, entries } = await archiveOf(id);

    const all = await allEvents(await idOf(app));
    const { length } = eventTexts(entries);
    expectEvents(entries, all.slice(0, length));
    expect(length).toBeGreaterThanOrEqual(acknowledgedBefore);
    expect(length).toBeLessThan(all.length);
    const named = all.slice(0, length).flatMap(({ type, payload }) => (/^Asset(Created|Updated)/.test(type) ? [fileNamed(payload)] : []));
    expect(filesOf(entries)).toEqual(named.map((name) => `${name} ${app.files.get(name)}`).toSorted());
    expect(await squidexSays(archive, { strict: true })).toBeOneOf(['ACCEPTED', undefined]);
  });

  it('ends as it would have when the app is deleted meanwhile', async () => {
    const app = await BusyApp.create(server, 'cut-deleted');
    const { events, contents, files } = await momentOf(app);
    const paused = await server.withinExport();
    const id = await start(app);
    await until(paused);
    await server.client.delete('/api/apps/cut-deleted');
    await letGo(paused);
    const { archive, entries } = await archiveOf(id);

    expectEvents(entries, events);
    expect(filesOf(entries)).toEqual(files);
    expect(differences(await restored(archive, 'cut-deleted-restored'), contents)).toEqual([]);
  });

  it.each([
    ['exported', 'withinExport'],
    ['assembled', 'withinAssembly'],
  ] as const)('holds nothing of what is erased while it is %s', async (phase, moment) => {
    const app = await BusyApp.create(server, `cut-erased-${phase}`);
    const appId = await idOf(app);
    const { items } = await server.client.get<{ items: { id: string }[] }>(`/api/content/${app.name}/notes?$top=1`, { 'x-unpublished': 'true' });
    const paused = await server[moment]();
    const id = await start(app);
    await until(paused);
    await server.stores.log.redact(appId, `content-${appId}--${items[0]!.id}`);
    await letGo(paused);
    const { archive, entries } = await archiveOf(id);

    const log = await allEvents(appId);
    expect(log.filter(({ type }) => type === 'NoopEvent')).toMatchObject([{ payload: '{}' }]);
    expectEvents(entries, log);
    expect(Object.keys((await restored(archive, `${app.name}-restored`))['contents']!)).toHaveLength(server.contents - 1);
  });

  async function putSettings(app: BusyApp, settings: string): Promise<void> {
    await server.stores.registry.profiles.put(await idOf(app), { settings });
  }
});

async function letGo(paused: Hold[]): Promise<void> {
  for (const hold of paused) await hold.go();
}

function fileNamed(payload: string): string {
  const { assetId, fileVersion } = JSON.parse(payload) as { assetId: string; fileVersion: number };
  return `${assetId}_${fileVersion}.asset`;
}
