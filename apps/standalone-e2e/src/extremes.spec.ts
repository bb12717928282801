import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differences, readApp } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squidexSays } from './support/accepts.js';
import { fixture } from './support/fixtures.js';
import { atOnce } from './support/busy-app.js';
import { appNames, backUp, restore, startStandalone } from './support/standalone.js';
import { writeZip } from './support/write-zip.js';
import { assetFiles, eventTexts, readZip, sha256, type ZipEntry } from '@reprise/backup-testing';

/** Of the first author in the small archives, which one event alone speaks of. */
const AUTHOR = { event: 45, schema: 'authors', name: 'Author 0' };
const AUTHORS_DATA = String.raw`{"name":{"iv":"Author 0"},"extra":{"iv":{"n":0,"deep":[1,true,null,"x"]}}}`;
/** What JavaScript's numbers and UTF-8 can't hold. */
const ODD = String.raw`{"name":{"iv":"half \ud83d alone, \uDFBC too, whole \ud83c\udfbc"},"extra":{"iv":{"big":12345678901234567890,"one":1.0,"minus":-0,"huge":1e400}}}`;

describe('At its extremes', { timeout: 300_000 }, () => {
  let server: ServerProcess;
  beforeAll(async () => void (server = await startStandalone({ env: { REPRISE_MAX_BACKUPS_PER_APP: '100' } })));
  afterAll(() => server?.stop());

  async function restoreBytes(archive: Buffer, name: string): Promise<void> {
    const file = join(server.dataDir, `${name}.zip`);
    await writeFile(file, archive);
    await restore(server.client, file, name);
  }

  /** Backs up, restores, backs up again: both apps are the same, and so are the payloads of both archives. Answers the first archive's entries. */
  async function goesRound(app: string): Promise<ZipEntry[]> {
    const again = `${app}-again`;
    const { archive } = await backUp(server, app);
    await restoreBytes(archive, again);
    expect(differences(await readApp(server.client, again), await readApp(server.client, app))).toEqual([]);
    const first = await readZip(archive);
    const second = await readZip((await backUp(server, again)).archive);
    const [id, newId] = await Promise.all([app, again].map(async (name) => (await server.client.get<{ id: string }>(`/api/apps/${name}`)).id));
    expect(payloads(second).map((payload) => payload.replaceAll(again, app).replaceAll(newId!, id!))).toEqual(payloads(first));
    expect(assetFiles(second)).toEqual(assetFiles(first));
    expect(await squidexSays(archive, { strict: true })).toBeOneOf(['ACCEPTED', undefined]);
    return first;
  }

  async function createApp(name: string, type: string): Promise<string> {
    await server.client.post('/api/apps', { json: { name } });
    const fields = [{ name: 'any', partitioning: 'invariant', properties: { fieldType: type } }];
    await server.client.post(`/api/apps/${name}/schemas`, { json: { name: 'things', isPublished: true, fields } });
    return `/api/content/${name}/things`;
  }

  const textOf = async (path: string) => (await server.client.send('GET', path, undefined, { 'x-unpublished': 'true' })).text();

  it('an app with nothing but its creation goes round', async () => {
    await server.client.post('/api/apps', { json: { name: 'nothing' } });
    const entries = await goesRound('nothing');
    expect(eventTexts(entries)).toEqual([expect.stringContaining('"AppCreatedEvent"')]);
  });

  it('an event of 15 MB goes round, and a larger one than an archive may hold is refused', async () => {
    const path = await createApp('large-event', 'String');
    const text = '0123456789'.repeat(1_500_000);
    const { id } = await server.client.post<{ id: string }>(path, { text: `{"any":{"iv":"${text}"}}` });
    const entries = await goesRound('large-event');
    expect(eventTexts(entries).at(-1)!.length).toBeGreaterThan(15_000_000);
    expect(await textOf(`/api/content/large-event-again/things/${id}`)).toContain(text);
    await expect(server.client.post(path, { text: `{"any":{"iv":"${text + text.slice(0, 2_000_000)}"}}` })).rejects.toMatchObject({
      status: 413,
      code: 'log.event-too-large',
    });
  });

  it('a file of no bytes goes round, and is no lost one', async () => {
    await server.client.post('/api/apps', { json: { name: 'empty-file' } });
    const form = new FormData();
    form.set('file', new Blob([]), 'empty.bin');
    const { id } = await server.client.post<{ id: string }>('/api/apps/empty-file/assets', { form });
    expect(assetFiles(await goesRound('empty-file'))).toEqual([expect.stringContaining(sha256(Buffer.alloc(0)))]);
    for (const app of ['empty-file', 'empty-file-again']) {
      const answer = await server.client.send('GET', `/api/assets/${app}/${id}`);
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 0]);
    }
    expect((await backUp(server, 'empty-file-again')).job).toMatchObject({ handledAssets: 1, totalAssets: 1, lostAssets: 0 });
  });

  it('an app among a thousand goes round, and all of them are listed', async () => {
    const before = await appNames(server.client);
    const names = Array.from({ length: 1_000 }, (_, number) => `one-of-many-${number}`);
    await atOnce(20, async (writer) => {
      for (let at = writer; at < names.length; at += 20) await server.client.post('/api/apps', { json: { name: names[at] } });
    });
    await goesRound('one-of-many-500');
    expect(await appNames(server.client)).toEqual([...before, ...names, 'one-of-many-500-again'].toSorted());
  });

  it('half characters and numbers that JavaScript cannot hold go round as they were sent', async () => {
    const path = await createApp('odd-values', 'Json');
    const sent = String.raw`{"any":{"iv":{"half":"\ud83d","big":12345678901234567890,"one":1.0,"minus":-0,"huge":1e400,"tiny":1E-400}}}`;
    const { id } = await server.client.post<{ id: string }>(path, { text: sent });
    const kept = sent.replace(String.raw`\ud83d`, String.raw`\uD83D`);
    expect(payloads(await goesRound('odd-values')).at(-1)).toContain(kept);
    for (const app of ['odd-values', 'odd-values-again']) expect(await textOf(`/api/content/${app}/things/${id}`)).toContain(`"data":${kept}`);
  });

  it.each<[string, string, (text: string) => string, string]>([
    ['in today’s format', 'small.zip', (text) => changePayload(text, (payload) => payload.replace(AUTHORS_DATA, ODD)), ODD],
    ['in the old format', 'small-v1.zip', (text) => text.replace(AUTHORS_DATA, ODD), ODD],
    [
      'in UTF-8 with escapes',
      'small.zip',
      (text) => rawUtf8(changePayload(text, (payload) => payload.replace(AUTHORS_DATA, ODD.replace('alone', 'ganz für sich — 孤独 🎼')))),
      ODD.replace('alone', 'ganz für sich — 孤独 🎼'),
    ],
    [
      'as a half character of the file’s own',
      'small.zip',
      (text) => changePayload(text, (payload) => payload.replace(AUTHORS_DATA, ODD.replace(String.raw`\ud83d alone`, '\ud83d alone'))),
      ODD.replace(String.raw`\ud83d alone`, String.raw`\uD83D alone`),
    ],
  ])('so they do out of an archive, %s', async (how, archive, change, kept) => {
    const name = `odd-${how.replace(/[^a-z]+/g, '-')}`.slice(0, 30).replace(/-$/, '');
    const original = await readZip(await readFile(fixture(archive)));
    const path = `events/0/${AUTHOR.event}.json`;
    const entries = original.map((entry) => (entry.name === path ? { ...entry, bytes: Buffer.from(change(entry.bytes.toString())) } : entry));
    expect(entries).not.toEqual(original);
    await restoreBytes(await writeZip(entries), name);
    for (const app of [name, `${name}-again`]) {
      if (app !== name) expect(payloads(await goesRound(name))[AUTHOR.event]).toContain(`"data":${kept},`);
      expect(await textOf(`/api/content/${app}/${AUTHOR.schema}?$top=200`)).toContain(`"data":${kept},`);
    }
  });
});

function payloads(entries: ZipEntry[]): string[] {
  return eventTexts(entries).map((text) => (JSON.parse(text) as { n: { p: string } }).n.p);
}

function changePayload(text: string, change: (payload: string) => string): string {
  const file = JSON.parse(text) as { n: { p: string } };
  return JSON.stringify({ ...file, n: { ...file.n, p: change(file.n.p) } });
}

/** As somebody else's tool may write it: only what must be escaped is. */
function rawUtf8(text: string): string {
  const raw = JSON.stringify(JSON.parse(text));
  expect(Buffer.byteLength(raw)).toBeGreaterThan(raw.length);
  return raw;
}
