import { crc32, deflateRawSync } from 'node:zlib';
import { RepriseError } from '@reprise/kernel';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ArchivePool,
  attachmentPath,
  ATTACHMENTS,
  eventFragment,
  eventPath,
  inspectEvents,
  readImport,
  readManifest,
  streamEntry,
  type ReadLimits,
} from './index.js';
import { planArchive } from './assemble.js';
import { collect, fixture, inPages, MemoryObjects, MODIFIED, readerOf, sampleLog } from './spec-fixtures.js';
import { centralHeader, endRecords, localHeader, type EntryRecord } from './zip-format.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

interface Entry {
  name: string;
  content?: string | Buffer;
  /** What local header and directory say instead of the truth. */
  local?: Partial<EntryRecord>;
  central?: Partial<EntryRecord>;
  data?: Buffer;
  flags?: number;
}

/** A ZIP as somebody with bad intentions writes it. */
function zip(entries: readonly Entry[], end: Partial<{ entries: number; offset: number; size: number }> = {}): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '{}', local, central, data, flags } of entries) {
    const plain = Buffer.from(content);
    const deflated = data ?? deflateRawSync(plain);
    const record = { name, method: 8, crc: crc32(plain), compressedSize: deflated.length, size: plain.length, offset };
    const header = localHeader({ ...record, ...local }, 0);
    const listed = centralHeader({ ...record, ...central }, 0);
    if (flags) listed.writeUInt16LE(flags, 8);
    chunks.push(header, deflated);
    directory.push(listed);
    offset += header.length + deflated.length;
  }
  const records = Buffer.concat(directory);
  return Buffer.concat([...chunks, records, endRecords({ entries: entries.length, offset, size: records.length, ...end })]);
}

const created = '{"n":{"t":"AppCreatedEvent","s":"app-1","p":"{\\"name\\":\\"a\\",\\"appId\\":\\"1,a\\"}","h":{}}}';
const event = '{"n":{"t":"X","s":"app-1","p":"{}","h":{}}}';
const e0 = { name: eventPath(0), content: created };
const e1 = { name: eventPath(1), content: event };

/** Reads everything, as a restore does. */
async function readAll(bytes: Buffer, limits?: Partial<ReadLimits>): Promise<void> {
  const reader = await readerOf(bytes, limits);
  await readManifest(reader);
  await collect(inspectEvents(reader, pool));
  for (const path of reader.attachmentPaths()) {
    for (const entry of reader.attachments(path.split('/').slice(2).join('/'))) await collect(streamEntry(reader.source, entry));
  }
}

async function refusal(bytes: Buffer, limits?: Partial<ReadLimits>): Promise<RepriseError> {
  const error: unknown = await readAll(bytes, limits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RepriseError);
  expect((error as RepriseError).code).toMatch(/^archive\./);
  return error as RepriseError;
}

describe('refused, with the entry named, is an archive', () => {
  const name = eventPath(1);
  it.each<[string, Buffer, string, string]>([
    ['with a wrong CRC', zip([e0, { ...e1, local: { crc: 1 }, central: { crc: 1 } }]), 'entry-invalid', name],
    ['whose local header has another name', zip([e0, { ...e1, local: { name: eventPath(2) } }]), 'entry-invalid', name],
    ['whose local header has another size', zip([e0, { ...e1, local: { size: 7 } }]), 'entry-invalid', name],
    ['whose local header has another CRC', zip([e0, { ...e1, local: { crc: 7 } }]), 'entry-invalid', name],
    ['with an entry that inflates beyond its size', zip([e0, { ...e1, local: { size: 7 }, central: { size: 7 } }]), 'entry-invalid', name],
    ['with an entry that inflates to less than its size', zip([e0, { ...e1, local: { size: 700 }, central: { size: 700 } }]), 'entry-invalid', name],
    ['with damaged deflate data', zip([e0, { ...e1, data: Buffer.from('this is not deflated') }]), 'entry-invalid', name],
    [
      'with bytes behind the deflated data',
      zip([e0, { ...e1, data: Buffer.concat([deflateRawSync(Buffer.from(event)), Buffer.from('x')]) }]),
      'entry-invalid',
      name,
    ],
    ['with an encrypted entry', zip([e0, { ...e1, flags: 1 }]), 'entry-encrypted', name],
    ['with an unknown method', zip([e0, { ...e1, local: { method: 12 }, central: { method: 12 } }]), 'entry-method', name],
    ['with two entries at one place', zip([e0, { ...e1, central: { offset: 0 } }]), 'entries-overlap', eventPath(0)],
    ['with overlapping entries', zip([e0, { ...e1, central: { offset: 20 } }]), 'entries-overlap', name],
    ['with an entry beyond the file', zip([e0, { ...e1, central: { offset: 100_000 } }]), 'entry-invalid', name],
    ['with an entry larger than the file', zip([e0, { ...e1, central: { compressedSize: 100_000 } }]), 'entry-invalid', name],
    ['with an event twice', zip([e0, e1, e1]), 'event-doubled', name],
    ['with an event missing', zip([e0, { name: eventPath(2), content: event }]), 'event-missing', name],
    ['with an absurd event number', zip([e0, { name: eventPath(4_000_000_000), content: event }]), 'event-missing', eventPath(4_000_000_000)],
    ['without events', zip([{ name: attachmentPath('version.json') }]), 'no-events', eventPath(0)],
    ['with an event that is no event', zip([e0, { ...e1, content: '[]' }]), 'event-invalid', name],
    ['that does not begin with the creation of an app', zip([{ ...e1, name: eventPath(0) }]), 'first-event', eventPath(0)],
  ])('%s', async (_, bytes, code, entry) => {
    const error = await refusal(bytes);
    expect(error.code).toBe(`archive.${code}`);
    expect(error.message).toContain(entry);
  });

  it.each<[string, Buffer, string, RegExp]>([
    ['that is no ZIP', Buffer.from('hello '.repeat(100)), 'not-a-zip', /not a ZIP/],
    ['that is an HTML page', Buffer.from('\n<!DOCTYPE html><title>404</title>'), 'not-a-zip', /HTML/],
    ['that is empty', Buffer.alloc(0), 'not-a-zip', /empty/],
    ['that is cut off', fixture('small.zip').subarray(0, 30_000), 'cut-off', /cut off/],
    ['with bytes in front', Buffer.concat([Buffer.from('MZ'), zip([e0])]), 'directory-invalid', /2 bytes stand in front/],
    ['with bytes behind', Buffer.concat([zip([e0]), Buffer.from('x')]), 'cut-off', /cut off/],
    ['with fewer entries than counted', zip([e0], { entries: 2 }), 'directory-invalid', /too short|counts 2/],
    ['with more entries than counted', zip([e0, e1], { entries: 1 }), 'directory-invalid', /more entries/],
    ['whose directory lies elsewhere', zip([e0, e1], { offset: 3 }), 'directory-invalid', /do not fit/],
  ])('%s', async (_, bytes, code, reason) => {
    const error = await refusal(bytes);
    expect([error.kind, error.code]).toEqual(['corrupt', `archive.${code}`]);
    expect(error.message).toMatch(reason);
  });

  it('beyond the bounds, before anything is inflated', async () => {
    const bomb = { ...e1, content: Buffer.alloc(8 * 1024 ** 2, 0x20) };
    expect((await refusal(zip([e0, bomb]))).code).toBe('archive.entry-ratio');
    expect((await refusal(zip([e0, { name: attachmentPath('x_0.asset'), content: bomb.content }]))).message).toContain('x_0.asset');
    expect((await refusal(zip([e0, bomb]), { maxRatio: 2_000, maxEventBytes: 1024 })).code).toBe('archive.entry-too-large');
    expect((await refusal(zip([e0, e1]), { maxEntries: 1 })).code).toBe('archive.too-many-entries');
    expect((await refusal(zip([e0, e1]), { maxArchiveBytes: 100 })).code).toBe('archive.too-large');
  });

  it('but what the layout does not know is passed over and counted', async () => {
    const strange = ['../../etc/passwd', 'events/0/x.json', 'ATTACHMENTS/1/a', attachmentPath('version.json').replace('327', '1'), 'attachments/1/'].map(
      (name) => ({ name }),
    );
    const reader = await readerOf(zip([e0, ...strange.map((entry, i) => ({ ...entry, content: i === 4 ? '' : 'x' }))]));
    expect([reader.events, reader.unknown, reader.entries]).toEqual([1, 4, 5]);
  });
});

describe('accepted is an archive', () => {
  it.each([
    ['raw', 'ü'.repeat(15_800_000)],
    ['escaped', '\\\\u00FC'.repeat(4_600_000)],
    ['of control characters', '\\\\n\\\\\\"'.repeat(4_400_000)],
  ])('with an event as large as is allowed, %s', async (_, text) => {
    const large = { ...e1, content: `{"n":{"t":"X","s":"app-1","p":"{\\"a\\":\\"${text}\\"}","h":{}}}` };
    const bytes = zip([e0, large]);
    const reader = await readerOf(bytes, { maxRatio: 2_000 });
    expect(reader.event(1).size).toBeGreaterThan(30_000_000);
    expect((await collect(inspectEvents(reader, pool))).flatMap(({ types }) => types)).toEqual(['AppCreatedEvent', 'X']);
    const plan = { kind: 'events' as const, from: 1, to: 2, entries: [reader.event(0), reader.event(1)], versions: [0, 1] };
    const batches = await collect(readImport(reader.source, plan, { oldAppId: '1', newAppId: '2', name: 'n', users: {} }, pool));
    const events = batches.flatMap((batch) => batch.events);
    const fragment = eventFragment(inPages(events, 2), { pool, modified: MODIFIED });
    expect(Buffer.concat(await collect(fragment.bytes)).length).toBe(fragment.index().length);
  });
});

describe('an archive of ours', () => {
  let bytes: Buffer;
  beforeAll(async () => {
    const objects = new MemoryObjects();
    const fragment = eventFragment(inPages(sampleLog(12), 5), { pool, modified: MODIFIED });
    objects.objects.set('e', Buffer.concat(await collect(fragment.bytes)));
    objects.indexes.set('e', fragment.index());
    const small = [ATTACHMENTS.version, ATTACHMENTS.settings, ATTACHMENTS.users].map((name) => ({ name, content: '{"a":"b"}' }));
    const plan = await planArchive({
      parts: [...small.slice(0, 1), { fragment: 'e' }, ...small.slice(1), { manifest: true }],
      modified: MODIFIED,
      app: { id: 'a', name: 'n' },
      cut: { position: 12, timestamp: MODIFIED.toISOString() },
      tool: 't',
      loadIndex: objects.loadIndex,
    });
    bytes = await objects.archive(plan);
    await readAll(bytes);
  });

  it('is refused when it is cut off at any tenth', async () => {
    for (let tenth = 0; tenth < 10; tenth++) await refusal(bytes.subarray(0, Math.floor((bytes.length * tenth) / 10)));
  });

  /** Versions, flags of the deflater, times and attributes say nothing about the content; all else does. */
  function harmless(at: number): boolean {
    const headers = [
      {
        signature: 0x04034b50,
        fields: [
          [4, 8],
          [10, 14],
        ],
      },
      {
        signature: 0x02014b50,
        fields: [
          [4, 10],
          [12, 16],
          [34, 42],
        ],
      },
    ];
    return headers.some(({ signature, fields }) =>
      fields.some(([from, to]) =>
        Array.from({ length: to! - from! }, (_, i) => at - from! - i).some(
          (start) => start >= 0 && start + 4 <= bytes.length && bytes.readUInt32LE(start) === signature,
        ),
      ),
    );
  }

  it('is refused when a byte of it is changed, wherever that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.constantFrom(0xff, 1, 2, 4, 8, 16, 32, 64, 128), async (at, mask) => {
        fc.pre(!harmless(at));
        // The last bits of deflated data can be padding, which means nothing.
        fc.pre(mask === 0xff || bytes.readUInt16LE(Math.min(at + 1, bytes.length - 2)) !== 0x4b50);
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= mask;
        await refusal(damaged);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never makes the reader fail in another way, whatever is done to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 30 }), async (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        await readAll(damaged).catch((error: unknown) => expect((error as RepriseError).code).toMatch(/^(archive|json)\./));
      }),
      { numRuns: 500 },
    );
  });
});
