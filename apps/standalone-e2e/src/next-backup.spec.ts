import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRAGMENT_FORMAT } from '@reprise/backup-archive';
import { type ApiClient, followRestore, restoreFile } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { squidexSays } from './support/accepts.js';
import { fixture } from './support/fixtures.js';
import { saidBy } from './support/said.js';
import { backUp, completed, startStandalone } from './support/standalone.js';
import { keysIn, openStores, type Stores } from './support/stores/index.js';
import { writeZip } from './support/write-zip.js';
import { attachmentJson, readZip, type ZipEntry } from '@reprise/backup-testing';

const APP = 'growing';
const EVENTS = 9_000;
const NEW = 90;
/** For what comes a little later, on a busy machine. */
const PATIENCE = { timeout: 60_000 };
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** The archive with so many more contents that it has EVENTS events: copies of one under ids of their own. */
async function grown(): Promise<Buffer> {
  const entries = await readZip(await readFile(fixture('small.zip')));
  const events = entries.filter(({ name }) => name.startsWith('events/'));
  const text = events.map(({ bytes }) => bytes.toString()).find((event) => event.includes('ContentCreatedEvent'))!;
  const id = /"s":"content-[0-9a-f-]{36}--([0-9a-f-]{36})"/.exec(text)![1]!;
  const more = Array.from({ length: EVENTS - events.length }, (_, i): ZipEntry => {
    const number = events.length + i;
    const bytes = Buffer.from(text.replaceAll(id, randomUUID()).replace(/"EventId":"[^"]*"/, `"EventId":"${randomUUID()}"`));
    return { name: `events/${Math.floor(number / 1_000)}/${number}.json`, bytes };
  });
  return writeZip([...entries, ...more]);
}

/** About 1 % new events, and a change of whatever is in an archive beside them. */
async function change(client: ApiClient): Promise<void> {
  const base = `/api/apps/${APP}`;
  for (let n = 0; n < NEW; n++) await client.post(`/api/content/${APP}/authors?publish=false`, { json: { name: { iv: `New ${n}` } } });
  const form = new FormData();
  form.set('file', new Blob([PNG], { type: 'image/png' }), 'new.png');
  const asset = await client.post<{ id: string }>(`${base}/assets`, { form });
  await client.put(`${base}/assets/${asset.id}`, { json: { tags: ['brand new'] } });
  await client.post(`${base}/contributors`, { json: { contributorId: 'somebody.new@example.com', role: 'Editor', invite: true } });
}

describe('The next backup', () => {
  let folder: string;
  let server: ServerProcess;
  let appId: string;
  let stores: Stores;
  let next: ZipEntry[];
  // Ports differ from start to start, URLs of assets must not.
  const start = () => startStandalone({ dataDir: join(folder, 'data'), env: { REPRISE_BASE_URL: 'http://localhost:9' } });
  const FRAGMENTS = 'fragments/';
  const current = (name: string) => `${FRAGMENTS}${appId}/${FRAGMENT_FORMAT}-0/${name}`;
  const kept = () => keysIn(stores.archives, FRAGMENTS);
  const made = () => Promise.all(['events-1-4000', 'events-4001-8000'].map(async (name) => (await stores.archives.stat(current(name)))!.modified));
  const different = (entries: ZipEntry[]) => entries.filter(({ bytes }, index) => !bytes.equals(next[index]!.bytes)).map(({ name }) => name);

  async function logOf(id: string): Promise<string[]> {
    const { items } = await server.client.get<{ items: { id: string; log: { message: string }[] }[] }>(`/api/apps/${APP}/jobs`);
    return items.find((job) => job.id === id)!.log.map(({ message }) => message);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-next-'));
    const file = join(folder, 'grown.zip');
    await writeFile(file, await grown());
    await mkdir(join(folder, 'data'));
    server = await start();
    stores = await openStores(server.dataDir);
    appId = completed(await followRestore(server.client, await restoreFile(server.client, file, { name: APP }))).appId!;
  });
  afterAll(async () => {
    await stores?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  it('exports only what is new', async () => {
    const first = await backUp(server, APP);
    expect(await logOf(first.job.id)).toEqual([`Total events: ${EVENTS}, assets: 8`]);
    const before = await made();
    expect((await kept()).filter((key) => key.startsWith(current('events-')))).toHaveLength(4);

    await change(server.client);
    const { job, archive } = await backUp(server, APP);
    expect(job.handledEvents).toBeGreaterThanOrEqual(EVENTS + NEW + 3);
    expect(job.handledAssets).toBe(9);
    expect(await logOf(job.id)).toEqual(['Taken over from before: events: 8000, assets: 8', `Total events: ${job.handledEvents}, assets: 9`]);
    expect(await made()).toEqual(before);
    next = await readZip(archive);
    expect(Object.values(attachmentJson<object>(next, 'users.json'))).toContain('somebody.new@example.com');
    expect(Object.values(attachmentJson<Record<string, { name: string }>>(next, 'assettags.json')).map(({ name }) => name)).toContain('brand new');
    expect((await squidexSays(archive, { strict: true })) ?? 'ACCEPTED').toBe('ACCEPTED');
  });

  it('is to the byte what one is that exports everything', async () => {
    await stores.archives.deleteAll(FRAGMENTS);
    const { job, archive } = await backUp(server, APP);
    expect(await logOf(job.id)).toEqual([`Total events: ${job.handledEvents}, assets: 9`]);
    const afresh = await readZip(archive);
    expect(afresh.map(({ name }) => name)).toEqual(next.map(({ name }) => name));
    expect(different(afresh)).toEqual([]);
  });

  it('makes a part again that has a bit turned on the disk, and says so', async () => {
    const part = current('events-4001-8000');
    const whole = await stores.archives.read(part);
    await stores.archives.put(part, whole.with(100_000, whole[100_000]! ^ 0x10));
    const { job, archive } = await backUp(server, APP);
    expect(await logOf(job.id)).toContain('Taken over from before: events: 4000, assets: 8');
    expect(await saidBy(server)).toMatch(/A kept part of a backup is damaged, so it is made again\./);
    expect(different(await readZip(archive))).toEqual([]);
    expect((await stores.archives.stat(part))!.size).toBe(whole.length);
  });

  it('leaves nothing lying around that none will take over, and nothing of a deleted app', async () => {
    const part = await stores.archives.read(current('events-1-4000'));
    const before = await kept();
    await stores.archives.put(`${FRAGMENTS}${randomUUID()}/${FRAGMENT_FORMAT}-0/events-1-4000`, part);
    await stores.archives.put(`${FRAGMENTS}${appId}/1-0/events-1-4000`, part);
    await server.stop();
    server = await start();
    await expect.poll(kept, PATIENCE).toEqual(before);
    await server.client.delete(`/api/apps/${APP}`);
    await expect.poll(kept, PATIENCE).toEqual([]);
    expect((await server.client.get<{ items: unknown[] }>('/api/backups')).items).toHaveLength(4);
  });
});
