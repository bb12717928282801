/** Others' ZIP tools as referees: ours reads what they write, and they read what ours writes. Tools that a machine doesn't have are skipped by name. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipArchive } from 'archiver';
import { planParts } from '@reprise/objects-core';
import unzipper from 'unzipper';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { ArchivePool, AssetFragmentWriter, attachmentPath, ATTACHMENTS, checkManifest, eventFragment, inspectEvents, readManifest } from './index.js';
import { type ArchivePlan, planArchive } from './assemble.js';
import { addEvents, attachments, plan } from './spec-archives.js';
import { collect, fixture, fixturesDir, inPages, MemoryObjects, MODIFIED, readerOf, sampleLog } from './spec-fixtures.js';
import { ZIP64_LIMITS } from './zip-format.js';

const has = (tool: string) => spawnSync('which', [tool]).status === 0;
const pool = new ArchivePool();
let dir: string;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'reprise-referees-'))));
afterAll(async () => {
  await pool.destroy();
  rmSync(dir, { recursive: true });
});

/** Every entry of small.zip, by name. */
async function genuineFiles(): Promise<Map<string, Buffer>> {
  const directory = await unzipper.Open.buffer(fixture('small.zip'));
  return new Map(await Promise.all(directory.files.map(async (file) => [file.path, await file.buffer()] as const)));
}

async function expectSmall(bytes: Buffer): Promise<void> {
  const [reader, original] = [await readerOf(bytes), await readerOf(fixture('small.zip'))];
  expect([reader.events, reader.unknown]).toEqual([original.events, 0]);
  for (let number = 0; number < reader.events; number++) {
    expect(await reader.readEntry(reader.event(number))).toEqual(await original.readEntry(original.event(number)));
  }
  for (const path of original.attachmentPaths()) {
    const name = path.split('/').slice(2).join('/');
    expect(await reader.readEntry(reader.attachments(name)[0]!)).toEqual(await original.readEntry(original.attachments(name)[0]!));
  }
  expect((await collect(inspectEvents(reader, pool))).reduce((sum, run) => sum + run.types.length, 0)).toBe(original.events);
}

describe('ours reads what is packed again by', () => {
  it.each([{ zlib: { level: 6 } }, { store: true }, { forceZip64: true }])('archiver %o (data descriptors)', async (options) => {
    const archive = new ZipArchive(options);
    const packed = buffer(archive);
    for (const [name, bytes] of await genuineFiles()) archive.append(bytes, { name });
    await archive.finalize();
    await expectSmall(await packed);
  });

  const python = `
import sys, zipfile, io
class Pipe(io.RawIOBase):
    def __init__(self, out): self.out = out
    def writable(self): return True
    def write(self, data): return self.out.write(data)
source, target, kind = sys.argv[1:]
out = open(target, 'wb')
with zipfile.ZipFile(source) as old, zipfile.ZipFile(Pipe(out) if kind == 'piped' else out, 'w', zipfile.ZIP_STORED if kind == 'stored' else zipfile.ZIP_DEFLATED) as new:
    if kind == 'folders':
        for name in ('events/', 'events/0/', 'attachments/'): new.writestr(zipfile.ZipInfo(name), b'')
    for info in old.infolist():
        if kind == 'zip64':
            with new.open(info.filename, 'w', force_zip64=True) as entry: entry.write(old.read(info))
        else:
            new.writestr(info.filename, old.read(info))
    if kind == 'comment': new.comment = b'PK\\x05\\x06 a comment' * 20
out.close()`;
  it.skipIf(!has('python3')).each(['deflated', 'stored', 'zip64', 'piped', 'folders', 'comment'])("Python's zipfile, %s", async (kind) => {
    const [source, target] = [join(dir, 'small.zip'), join(dir, `${kind}.zip`)];
    writeFileSync(source, fixture('small.zip'));
    execFileSync('python3', ['-c', python, source, target, kind]);
    await expectSmall(await readFile(target));
  });

  it.skipIf(!has('zip')).each([['-r'], ['-r', '-0'], ['-r', '-fz'], ['-r', '-D', '-X']])('Info-ZIP, zip %s %s %s', async (...options) => {
    const [folder, target] = [join(dir, 'unpacked'), join(dir, `info${options.join('')}.zip`)];
    for (const [name, bytes] of await genuineFiles()) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    execFileSync('zip', ['-q', ...options, target, 'events', 'attachments'], { cwd: folder });
    await expectSmall(await readFile(target));
  });
});

/** As a store makes it that takes parts of 64 KiB and more. */
async function inParts(objects: MemoryObjects, { pieces, directory }: ArchivePlan): Promise<Buffer> {
  const all = [...pieces.map((piece) => ('bytes' in piece ? piece : { ...piece, from: piece.store })), { bytes: Buffer.concat(await collect(directory())) }];
  const parts = planParts(all, () => true, { minPart: 64 * 1024, maxPart: 1024 ** 2, maxParts: 1_000 });
  expect(parts.length).toBeGreaterThan(4);
  const planned = parts.flatMap((part) => ('copy' in part ? [part.copy] : part.stream));
  return Buffer.concat(planned.map((piece) => objects.bytesOf('bytes' in piece ? piece : { ...piece, store: piece.from })));
}

describe.each([65_535, 65_536])('an archive of ours with %i entries, one more than an archive without zip64 can have or two, is read by', (entries) => {
  const file = join(tmpdir(), `reprise-referees-${process.pid}-${entries}.zip`);
  beforeAll(async () => {
    const objects = new MemoryObjects();
    const events = entries - 6;
    await addEvents(
      objects,
      pool,
      'e',
      sampleLog(events, () => '{"label":""}'),
    );
    const parts = [{ name: ATTACHMENTS.version, content: '{"major":5}' }, { fragment: 'e' }, ...attachments];
    const bytes = await objects.archive(await plan(objects, parts, events));
    await writeFile(file, bytes);
    expect((await readerOf(bytes)).entries).toBe(entries);
  });
  afterAll(() => rmSync(file));

  it('us', async () => {
    const reader = await readerOf(await readFile(file));
    const manifest = (await readManifest(reader))!;
    const runs = await collect(inspectEvents(reader, pool));
    checkManifest(manifest, { folders: runs.flatMap(({ folder }) => (folder ? [folder] : [])), assets: manifest.assets });
  });

  it.skipIf(!has('unzip'))('Info-ZIP, unzip', () => {
    expect(execFileSync('unzip', ['-tq', file], { env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString()).toMatch(/^No errors detected/);
  });

  it.skipIf(!has('python3'))("Python's zipfile", () => {
    const script = 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.infolist()))';
    expect(execFileSync('python3', ['-c', script, file]).toString().trim()).toBe(String(entries));
  });

  it.skipIf(!has('python3'))("a model of Squidex's restore", () => {
    expect(execFileSync('python3', [join(fixturesDir(), 'squidex_accepts.py'), file]).toString()).toContain('ACCEPTED');
  });
});

describe.each([
  ['as usual', ZIP64_LIMITS],
  ['with zip64 forced', { bytes: 200, entries: 10 }],
  ['with zip64 from 1 MiB on', { bytes: 1024 ** 2, entries: ZIP64_LIMITS.entries }],
])('what ours writes, %s, is read by', (_, limits) => {
  const file = join(tmpdir(), `reprise-referees-${process.pid}.zip`);
  const contents = new Map<string, Buffer>();
  beforeAll(async () => {
    const objects = new MemoryObjects();
    const fragment = eventFragment(inPages(sampleLog(1_500), 400), { pool, modified: MODIFIED });
    objects.objects.set('e', Buffer.concat(await collect(fragment.bytes)));
    objects.indexes.set('e', fragment.index());
    const writer = new AssetFragmentWriter({ modified: MODIFIED, limits });
    const assets = [
      { name: 'ä😀_0.asset', content: Buffer.alloc(1_000, 3) },
      // Beside entries and offsets below a limit of 1 MiB there are some above.
      { name: 'large_0.asset', content: randomBytes(1024 ** 2 + 1) },
      { name: 'empty_0.asset', content: Buffer.alloc(0) },
    ];
    objects.objects.set('a', Buffer.concat(assets.flatMap((asset) => writer.addAsset({ position: 9, ...asset }))));
    objects.indexes.set('a', writer.index());
    const parts = [{ name: ATTACHMENTS.version, content: '{"major":5}' }, { fragment: 'a' }, { fragment: 'e' }, { manifest: true } as const];
    const cut = { position: 1_500, timestamp: MODIFIED.toISOString() };
    const plan = await planArchive({ parts, modified: MODIFIED, app: { id: 'a', name: 'n' }, cut, tool: 't', loadIndex: objects.loadIndex, limits });
    const bytes = await objects.archive(plan);
    expect(await inParts(objects, plan)).toEqual(bytes);
    await writeFile(file, bytes);
    const reader = await readerOf(bytes);
    expect(await readManifest(reader)).toBeDefined();
    contents.clear();
    for (let number = 0; number < reader.events; number++) contents.set(reader.event(number).name, await reader.readEntry(reader.event(number)));
    for (const path of reader.attachmentPaths()) contents.set(path, await reader.readEntry(reader.attachments(path.split('/').slice(2).join('/'))[0]!));
    expect(contents.size).toBe(plan.entries);
    for (const { name, content } of assets) expect(contents.get(attachmentPath(name))).toEqual(content);
  });
  afterAll(() => rmSync(file));

  it('unzipper', async () => {
    const directory = await unzipper.Open.file(file);
    expect(directory.files.map((entry) => entry.path).sort()).toEqual([...contents.keys()].sort());
    for (const entry of directory.files.slice(0, 40)) expect(await entry.buffer(), entry.path).toEqual(contents.get(entry.path));
  });

  it('yauzl, which checks sizes and names strictly', async () => {
    const found = await new Promise<Map<string, yauzl.Entry>>((resolve, reject) => {
      yauzl.open(file, { strictFileNames: true }, (error, zip) => {
        if (error) return reject(error);
        const entries = new Map<string, yauzl.Entry>();
        zip.on('entry', (entry: yauzl.Entry) => void entries.set(entry.fileName, entry));
        zip.on('error', reject);
        zip.on('end', () => resolve(entries));
      });
    });
    expect([...found].map(([name, entry]) => [name, entry.uncompressedSize]).sort()).toEqual([...contents].map(([name, bytes]) => [name, bytes.length]).sort());
    const entry = found.get('events/1/1000.json')!;
    expect(entry.getLastModDate({ timezone: 'UTC' }).toISOString()).toBe(MODIFIED.toISOString());
  });

  it.skipIf(!has('unzip'))('Info-ZIP, unzip', () => {
    expect(execFileSync('unzip', ['-tqq', file], { env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString()).not.toMatch(/error|warning/i);
    expect(execFileSync('unzip', ['-p', file, 'events/0/5.json'])).toEqual(contents.get('events/0/5.json'));
  });

  it.skipIf(!has('zip'))('Info-ZIP, zip -T', () => expect(execFileSync('zip', ['-T', file]).toString()).toContain('OK'));

  it.skipIf(!has('python3'))("Python's zipfile", () => {
    const script =
      'import sys,zipfile,json; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({i.filename:[i.file_size,i.external_attr>>16,i.create_system] for i in z.infolist()}))';
    const found = JSON.parse(execFileSync('python3', ['-c', script, file]).toString()) as Record<string, number[]>;
    expect(found).toEqual(Object.fromEntries([...contents].map(([name, bytes]) => [name, [bytes.length, 0o100644, 3]])));
  });
});
