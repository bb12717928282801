import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ArchivePool,
  AssetFragmentWriter,
  ATTACHMENTS,
  checkManifest,
  composable,
  decodeEventFile,
  inspectEvents,
  readManifest,
  streamEntry,
} from './index.js';
import { addEvents, attachments, backedUpAgain, plan } from './spec-archives.js';
import { collect, eventFiles, fixture, fixturesDir, MemoryObjects, MODIFIED, readerOf, sampleLog } from './spec-fixtures.js';
import { dosTime } from './zip-format.js';

const pool = new ArchivePool();
let dir: string;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'reprise-archive-'))));
afterAll(async () => {
  await pool.destroy();
  rmSync(dir, { recursive: true });
});

describe('an archive that we write', () => {
  it.skipIf(spawnSync('which', ['python3']).status !== 0).each([
    ['small.zip', true],
    ['small-v1.zip', true],
    ['unicode.zip', true],
    ['missing-asset.zip', false],
    ['old-types.zip', false],
  ])("of what %s holds would be accepted by Squidex's restore", async (name, strict) => {
    const { bytes, plan: planned } = await backedUpAgain(name, pool);
    expect(bytes.length).toBe(planned.length + Buffer.concat(await collect(planned.directory())).length);
    const path = join(dir, name);
    writeFileSync(path, bytes);
    expect(execFileSync('python3', [join(fixturesDir(), 'squidex_accepts.py'), ...(strict ? ['--strict'] : []), path]).toString()).toContain('ACCEPTED');
  });

  it.each(['small.zip', 'unicode.zip', 'missing-asset.zip'])('reads back as %s, file by file', async (name) => {
    const { bytes, events, plan: planned } = await backedUpAgain(name, pool);
    const [ours, theirs] = [await readerOf(bytes), await readerOf(fixture(name))];
    expect(ours.entries).toBe(planned.entries);
    const neutral = (text: string) => text.replace(/"EventNumber":"[^"]*"/, '');
    expect((await eventFiles(ours)).map(neutral)).toEqual((await eventFiles(theirs)).map(neutral));
    for (const path of theirs.attachmentPaths()) {
      const attachment = path.split('/').slice(2).join('/');
      if (attachment === ATTACHMENTS.avatar || attachment === ATTACHMENTS.tagAliases) continue;
      expect(await ours.readEntry(ours.attachments(attachment)[0]!), path).toEqual(await theirs.readEntry(theirs.attachments(attachment)[0]!));
    }
    expect(planned.manifest).toMatchObject({ events: events.length, missingAssets: name === 'missing-asset.zip' ? expect.any(Number) : 0 });
  });

  it('holds fragments that are joined in one object, and is dated', async () => {
    const log = sampleLog(1_005);
    const objects = new MemoryObjects();
    await addEvents(objects, pool, 'a', log.slice(0, 1_000));
    await addEvents(objects, pool, 'b', log.slice(1_000));
    objects.objects.set('both', Buffer.concat(['a', 'b'].map((key) => objects.objects.get(key)!)));
    const joined = ['a', 'b'].map((fragment) => ({ fragment, joined: 'both' }));
    const planned = await plan(objects, [attachments[0]!, ...joined, ...attachments.slice(1)], 1_005);
    const reader = await readerOf(await objects.archive(planned));
    expect((await eventFiles(reader)).map((file) => decodeEventFile(file, 'x').payload)).toEqual(log.map(({ payload }) => payload));
    expect(objects.bytesOf(planned.pieces[0]!).readUInt32LE(10)).toBe(dosTime(MODIFIED));
  });

  it('is proved by its manifest, which SHA-256 tools can check by hand', async () => {
    const { bytes, plan: planned } = await backedUpAgain('small.zip', pool);
    const reader = await readerOf(bytes);
    const manifest = (await readManifest(reader))!;
    expect(manifest.manifest).toEqual(planned.manifest);
    const runs = await collect(inspectEvents(reader, pool));
    checkManifest(manifest, { folders: runs.flatMap(({ folder }) => (folder ? [folder] : [])), assets: manifest.assets });
    const files = await eventFiles(reader);
    expect(manifest.folders).toEqual([
      { name: 'events/0', sha256: createHash('sha256').update(files.join('')).digest('hex'), size: files.join('').length, count: 73 },
    ]);
    expect(runs.flatMap(({ users }) => users)).toEqual(Object.keys(JSON.parse((await reader.readText(ATTACHMENTS.users))!) as object));
    expect(await readManifest(await readerOf(fixture('small.zip')))).toBeUndefined();
  });

  it('has the same bytes whatever the size of the pages, and whole folders or parts of them have the same digest', async () => {
    const log = sampleLog(2_345);
    const objects = new MemoryObjects();
    await addEvents(objects, pool, 'a', log, 1);
    await addEvents(objects, pool, 'b', log, 5_000);
    // As a log gives large events: each folder in several pages.
    const large = sampleLog(1_200, (i) => `{"text":"${'x'.repeat(i % 3 === 0 ? 30_000 : 10)}"}`);
    await addEvents(objects, pool, 'c', large, 100);
    expect(objects.objects.get('a')).toEqual(objects.objects.get('b'));
    expect(objects.indexes.get('a')).toEqual(objects.indexes.get('b'));
    expect(objects.indexes.get('a')!.folders.map(({ name, count }) => [name, count])).toEqual([
      ['events/0', 1000],
      ['events/1', 1000],
      ['events/2', 345],
    ]);
    const reader = await readerOf(await objects.archive(await plan(objects, [{ fragment: 'c' }, ...attachments], 1_200)));
    const files = await eventFiles(reader);
    const sha256 = (from: number, to: number) => createHash('sha256').update(files.slice(from, to).join('')).digest('hex');
    expect(objects.indexes.get('c')!.folders.map((folder) => folder.sha256)).toEqual([sha256(0, 1000), sha256(1000, 1200)]);
    const found = (await collect(inspectEvents(reader, pool))).flatMap(({ folder }) => (folder ? [folder] : []));
    expect(found).toEqual(objects.indexes.get('c')!.folders);
  });

  it.each([
    [65_534, false],
    [65_535, true],
  ])('with %i entries has zip64 records: %s', async (entries, zip64) => {
    const objects = new MemoryObjects();
    await addEvents(
      objects,
      pool,
      'e',
      sampleLog(entries - 5, () => '{}'),
    );
    const bytes = await objects.archive(await plan(objects, [{ fragment: 'e' }, ...attachments], entries - 5));
    expect(bytes.includes(Buffer.from([0x50, 0x4b, 6, 6]), bytes.length - 100)).toBe(zip64);
    expect((await readerOf(bytes)).entries).toBe(entries);
  });

  it('is the same to a reader when zip64 is forced everywhere', async () => {
    const objects = new MemoryObjects();
    const limits = { bytes: 100, entries: 1 };
    await addEvents(objects, pool, 'e', sampleLog(20));
    const writer = new AssetFragmentWriter({ modified: MODIFIED, limits });
    objects.objects.set('a', Buffer.concat(writer.addAsset({ position: 3, name: 'x_0.asset', content: Buffer.alloc(500, 7) })));
    objects.indexes.set('a', writer.index());
    const reader = await readerOf(await objects.archive(await plan(objects, [{ fragment: 'e' }, { fragment: 'a' }, ...attachments], 20, limits)));
    expect(await reader.readEntry(reader.attachments('x_0.asset')[0]!)).toEqual(Buffer.alloc(500, 7));
    expect(Buffer.concat(await collect(streamEntry(reader.source, reader.attachments('x_0.asset')[0]!)))).toEqual(Buffer.alloc(500, 7));
    expect(await readManifest(reader)).toBeDefined();
  });

  it('stores what deflates so well that a careful reader would take it for a bomb', async () => {
    const objects = new MemoryObjects();
    await addEvents(
      objects,
      pool,
      'e',
      sampleLog(2, () => `{"text":"${'x'.repeat(15_000_000)}"}`),
    );
    const reader = await readerOf(await objects.archive(await plan(objects, [{ fragment: 'e' }, ...attachments], 2)));
    expect(reader.event(1).method).toBe(0);
    expect((await reader.readEntry(reader.event(1))).length).toBeGreaterThan(15_000_000);
  });

  it('counts types of any name', async () => {
    const objects = new MemoryObjects();
    const names = ['AppCreatedEvent', 'constructor', '__proto__', 'constructor'];
    const events = sampleLog(4).map((event, i) => ({ ...event, type: names[i]! }));
    await addEvents(objects, pool, 'e', events);
    const { manifest } = (await readManifest(await readerOf(await objects.archive(await plan(objects, [{ fragment: 'e' }, ...attachments], 4)))))!;
    expect(Object.entries(manifest.types)).toEqual([
      ['AppCreatedEvent', 1],
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('is composed of ranges of objects of two stores', () => {
    const pieces = [
      { bytes: Buffer.from('a') },
      { store: 'assets', key: 'k', start: 5, length: 10 } as const,
      { store: 'archives', key: 'f', start: 0, length: 0 } as const,
    ];
    expect(composable(pieces, { archives: 'A', assets: 'B' })).toEqual([{ bytes: Buffer.from('a') }, { from: 'B', key: 'k', range: { start: 5, end: 14 } }]);
  });
});
