import { createHash } from 'node:crypto';
import {
  ArchivePool,
  ArchiveReader,
  attachmentPath,
  ATTACHMENTS,
  bufferAccess,
  DEFAULT_LIMITS,
  eventPath,
  type ImportPlan,
  readImport,
  streamEntry,
} from '@reprise/backup-archive';
import { unpackEvents } from '@reprise/event-store-core';
import { hostileZip, sampleArchive, unzipped } from '@reprise/backup-archive/testing';
import { isRepriseError, RepriseError } from '@reprise/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inspector } from './inspector.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

const mapping = { oldAppId: '420371f9-ea23-46de-9ce3-00aeeec060a2', newAppId: 'new', name: 'restored', users: { u1: 'u2' } };

/** Everything that a restore takes out of an archive, as one text. Throws where a restore would fail. */
async function restored(archive: Buffer): Promise<string> {
  const reader = await ArchiveReader.open(bufferAccess(archive));
  const plans: ImportPlan[] = [];
  const hooks = { pulse: async () => undefined, savePlan: async (_: string, plan: ImportPlan) => void plans.push(plan) };
  const { app, attachments, report } = await new Inspector(reader, pool, 'new', hooks).inspect();
  const found: unknown[] = [app, attachments, report];
  for (const plan of plans) {
    if (plan.kind === 'events') {
      for await (const { events } of readImport(reader.source, plan, { mapping, pool, maxEventBytes: DEFAULT_LIMITS.maxEventBytes }))
        found.push([...unpackEvents(events)]);
      continue;
    }
    for (const { name, position, entry, sha256 } of plan.items) {
      const hash = createHash('sha256');
      if (entry) for await (const chunk of streamEntry(reader.source, entry)) hash.update(chunk);
      const digest = hash.digest('hex');
      if (entry && sha256 !== undefined && digest !== sha256) throw new RepriseError('corrupt', 'archive.manifest-mismatch', `The file ${name} is another.`);
      found.push([name, position, entry && digest]);
    }
  }
  for (const entry of reader.attachments(ATTACHMENTS.avatar)) for await (const chunk of streamEntry(reader.source, entry)) found.push(chunk.toString());
  return JSON.stringify(found);
}

/** The refusal, or what was taken out of it. */
async function outcome(archive: Buffer): Promise<RepriseError | string> {
  return restored(archive).catch((error: unknown) => {
    if (isRepriseError(error) && error.code.startsWith('archive.')) return error;
    throw error;
  });
}

async function refusal(archive: Buffer): Promise<RepriseError> {
  const found = await outcome(archive);
  if (typeof found === 'string') throw new Error('The archive was accepted.');
  return found;
}

/** A piece of an archive, and the entry that it is of. */
interface Part {
  start: number;
  end: number;
  kind: 'local header' | 'data' | 'record' | 'end';
  entry: string;
}

/** Fields that say nothing about the content: as offsets within their header. Everything else must count. */
const MEANINGLESS: Record<Part['kind'], [field: string, from: number, to: number][]> = {
  'local header': [
    ['version needed', 4, 6],
    // Those that say something, of encryption above all, are looked at.
    ['flags', 6, 8],
    ['time', 10, 14],
  ],
  record: [
    ['version made by', 4, 6],
    ['version needed', 6, 8],
    ['flags', 8, 10],
    ['time', 12, 16],
    ['attributes', 36, 42],
  ],
  data: [],
  end: [],
};

/** The parts of an archive of ours, as its headers tell: every byte is in one of them. */
function partsOf(archive: Buffer): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (archive.readUInt32LE(at) === 0x04034b50) {
    const data = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
    const entry = archive.toString('utf8', at + 30, at + 30 + archive.readUInt16LE(at + 26));
    const zip64 = archive.readUInt32LE(at + 18) === 0xffffffff;
    const end = data + (zip64 ? Number(archive.readBigUInt64LE(data - 8)) : archive.readUInt32LE(at + 18));
    parts.push({ start: at, end: data, kind: 'local header', entry }, { start: data, end, kind: 'data', entry });
    at = end;
  }
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const end = at + 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    parts.push({ start: at, end, kind: 'record', entry: archive.toString('utf8', at + 46, at + 46 + archive.readUInt16LE(at + 28)) });
    at = end;
  }
  parts.push({ start: at, end: archive.length, kind: 'end', entry: '' });
  return parts;
}

/** The file is refused as a whole: its structure is damaged, no one entry. */
const STRUCTURE = /^archive\.(directory-invalid|cut-off|not-a-zip)$/;

describe.each([
  ['', undefined],
  [' with zip64 records', { bytes: 30, entries: 3 }],
])('an archive of ours%s', (_, limits) => {
  let archive: Buffer;
  let whole: string;
  let parts: Part[];
  let names: string[];
  beforeAll(async () => {
    archive = await sampleArchive(pool, limits);
    whole = await restored(archive);
    parts = partsOf(archive);
    names = [...new Set(parts.map(({ entry }) => entry))].filter(Boolean);
  });

  it('is accepted as it was written', () => {
    expect(whole).toContain('"manifest":"proved"');
    expect(whole).toContain('the last word');
    expect(parts.at(-1)!.end).toBe(archive.length);
    expect(parts.filter(({ kind }) => kind === 'data').length).toBe(names.length);
  });

  /** What is wrong with how it is answered that the byte at `at` was changed; undefined if it is refused by its entry, or says nothing. */
  async function problem(at: number, mask: number): Promise<string | undefined> {
    const { start, end, kind, entry } = parts.find((part) => at < part.end)!;
    const damaged = Buffer.from(archive);
    damaged[at]! ^= mask;
    const found = await outcome(damaged);
    const where = `${kind} of ${entry}, byte ${at - start} of ${end - start}, changed by ${mask}`;
    if (typeof found === 'string') {
      if (found !== whole) return `${where}: accepted with another content`;
      const meaningless = MEANINGLESS[kind].some(([, from, to]) => at - start >= from && at - start < to);
      // Deflate can say the same in two ways, and ends within a byte, behind which there is padding.
      const same = kind === 'data' && mask !== 0xff;
      return meaningless || same || (limits && inZip64(at - start, kind)) ? undefined : `${where}: accepted`;
    }
    if (STRUCTURE.test(found.code) && kind !== 'data') return undefined;
    // A record that is damaged may lead to any entry, that of its new name, say.
    const right = kind === 'record' ? names : [entry];
    return right.some((name) => found.message.includes(name.split('/').at(-1)!)) ? undefined : `${where}: ${found.code} ${found.message}`;
  }

  /** Versions of who wrote the zip64 record and who may read it. */
  const inZip64 = (at: number, kind: Part['kind']) => kind === 'end' && at >= 12 && at < 16;

  /** All of what tells the structure, and of the manifest; a sample of what they are about. With zip64 only a sample of what is the same. */
  const step = (kind: Part['kind'], entry: string) => {
    if (kind === 'data' && !entry.includes('/manifest')) return limits ? Infinity : 7;
    return limits && kind !== 'end' ? 5 : 1;
  };

  it('is refused for any byte that is turned round, by its entry, unless the byte says nothing', { timeout: 600_000 }, async () => {
    const problems: string[] = [];
    for (const { start, end, kind, entry } of parts) {
      for (let at = start; at < end; at += step(kind, entry)) problems.push((await problem(at, 0xff)) ?? '');
    }
    expect(problems.filter(Boolean)).toEqual([]);
  });

  it('is refused for any bit that is turned round, by its entry, unless the bit says nothing', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.nat(7), async (at, bit) => {
        expect(await problem(at, 1 << bit)).toBeUndefined();
      }),
      { numRuns: Number(process.env['REPRISE_FUZZ_RUNS'] ?? 200) },
    );
  });

  it('is refused when it is cut off at any tenth', async () => {
    for (let tenth = 0; tenth < 10; tenth++) {
      expect((await refusal(archive.subarray(0, Math.floor((archive.length * tenth) / 10)))).code).toMatch(STRUCTURE);
    }
  });
});

describe('an archive of ours that was packed anew', () => {
  type Entries = Awaited<ReturnType<typeof unzipped>>;
  let entries: Entries;
  beforeAll(async () => {
    entries = await unzipped(await sampleArchive(pool));
  });

  const paths = Object.fromEntries(Object.entries(ATTACHMENTS).map(([key, name]) => [key, attachmentPath(name)])) as Record<keyof typeof ATTACHMENTS, string>;
  const repacked = (change: (entry: Entries[number]) => Entries[number] | Entries[number][] | undefined) =>
    hostileZip(entries.flatMap((entry) => change(entry) ?? []));
  const contentOf = (name: string) => entries.find((entry) => entry.name === name)!.content;
  const edited = (path: string, edit: (text: string) => string) => (entry: Entries[number]) =>
    entry.name === path ? { ...entry, content: Buffer.from(edit(entry.content.toString())) } : entry;
  const swapped = (a: string, b: string) => (entry: Entries[number]) =>
    entry.name === a ? { ...entry, content: contentOf(b) } : entry.name === b ? { ...entry, content: contentOf(a) } : entry;
  const asset = (file: string) => attachmentPath(file);

  it('is accepted when nothing was changed', async () => {
    expect(await restored(repacked((entry) => entry))).toContain('"manifest":"proved"');
  });

  it.each<[string, () => Buffer, string, string]>([
    ['an event is missing', () => repacked((entry) => (entry.name === eventPath(5) ? undefined : entry)), 'event-missing', eventPath(5)],
    ['an event is there twice', () => repacked((entry) => (entry.name === eventPath(5) ? [entry, entry] : entry)), 'event-doubled', eventPath(5)],
    ['two events were swapped', () => repacked(swapped(eventPath(6), eventPath(7))), 'manifest-mismatch', eventPath(6)],
    ['an event was changed', () => repacked(edited(eventPath(7), (text) => text.replace('word', 'lord'))), 'manifest-mismatch', 'events/0'],
    ['the last event is missing', () => repacked((entry) => (entry.name === eventPath(8) ? undefined : entry)), 'manifest-mismatch', eventPath(8)],
    [
      'the last events are missing, and the manifest counts them no more',
      () =>
        repacked((entry) =>
          [eventPath(7), eventPath(8)].includes(entry.name)
            ? undefined
            : [
                edited(paths.manifest, (text) => text.replace('"events": 9', '"events": 7')),
                edited(paths.eventManifest, (text) => text.replace('"count":9', '"count":7')),
              ].reduce((changed, change) => change(changed), entry),
        ),
      'manifest-mismatch',
      'events/0',
    ],
    [
      'the manifest was made to fit, but for its root',
      () => {
        const shortened = entries.filter(({ name }) => name !== eventPath(8));
        const events = shortened.filter(({ name }) => name.startsWith('events/')).map(({ content }) => content);
        const hash = createHash('sha256');
        for (const content of events) hash.update(content);
        const folder = { name: 'events/0', sha256: hash.digest('hex'), size: Buffer.concat(events).length, count: 8 };
        return hostileZip(
          shortened
            .map(edited(paths.manifest, (text) => text.replace('"events": 9', '"events": 8')))
            .map(edited(paths.eventManifest, () => `${JSON.stringify(folder)}\n`)),
        );
      },
      'manifest-mismatch',
      paths.manifest,
    ],
    ['a file is missing', () => repacked((entry) => (entry.name === asset('a1_1.asset') ? undefined : entry)), 'manifest-mismatch', asset('a1_1.asset')],
    [
      'a file is there twice',
      () => repacked((entry) => (entry.name === asset('a1_1.asset') ? [entry, entry] : entry)),
      'manifest-mismatch',
      asset('a1_1.asset'),
    ],
    ['a file was replaced', () => repacked(edited(asset('a1_1.asset'), (text) => text.replace('a', 'b'))), 'manifest-mismatch', 'a1_1.asset'],
    ['a lost file was brought', () => repacked(edited(asset('lost_0.asset'), () => 'something')), 'manifest-mismatch', 'lost_0.asset'],
    [
      'a file was added',
      () => repacked((entry) => (entry.name === paths.users ? [entry, { ...entry, name: asset('z_0.asset') }] : entry)),
      'manifest-mismatch',
      'z_0.asset',
    ],
    ...[paths.version, paths.urls, paths.settings, paths.tags, paths.tagAliases, paths.avatar, paths.users].flatMap(
      (path): [string, () => Buffer, string, string][] => [
        [`${path} was changed`, () => repacked(edited(path, (text) => `${text} `)), 'manifest-mismatch', path.split('/').at(-1)!],
        [
          `${path} is missing`,
          () => repacked((entry) => (entry.name === path ? undefined : entry)),
          path === paths.users || path === paths.settings ? 'attachment-missing' : 'manifest-mismatch',
          path.split('/').at(-1)!,
        ],
      ],
    ),
    ['the head of its manifest is missing', () => repacked((entry) => (entry.name === paths.manifest ? undefined : entry)), 'manifest-invalid', paths.manifest],
    [
      'its list of events is missing',
      () => repacked((entry) => (entry.name === paths.eventManifest ? undefined : entry)),
      'manifest-invalid',
      paths.eventManifest,
    ],
    [
      'its list of files is missing',
      () => repacked((entry) => (entry.name === paths.assetManifest ? undefined : entry)),
      'manifest-invalid',
      paths.assetManifest,
    ],
  ])('is refused when %s', async (_, make, code, entry) => {
    const error = await refusal(make());
    expect([error.code, error.message]).toEqual([`archive.${code}`, expect.stringContaining(entry)]);
  });

  it('is accepted without its manifest, with the warning that completeness can’t be proved', async () => {
    const manifest = [paths.manifest, paths.eventManifest, paths.assetManifest];
    const bare = await restored(repacked((entry) => (manifest.includes(entry.name) ? undefined : entry)));
    expect(bare).toContain("no manifest: completeness can't be proved");
    expect(bare).toContain('"manifest":"absent"');
  });
});
