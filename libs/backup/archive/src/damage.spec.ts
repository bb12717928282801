import { deflateRawSync } from 'node:zlib';
import { unpackEvents } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { ArchivePool, attachmentPath, eventFragment, eventPath, inspectEvents, readImport, type ReadLimits } from './index.js';
import { refusalOf } from './spec-archives.js';
import { collect, fixture, inPages, MODIFIED, readerOf } from './spec-fixtures.js';
import { hostileZip as zip } from './testing/index.js';

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

const created = '{"n":{"t":"AppCreatedEvent","s":"app-1","p":"{\\"name\\":\\"a\\",\\"appId\\":\\"1,a\\"}","h":{}}}';
const event = '{"n":{"t":"X","s":"app-1","p":"{}","h":{}}}';
const e0 = { name: eventPath(0), content: created };
const e1 = { name: eventPath(1), content: event };

async function refusal(bytes: Buffer, limits?: Partial<ReadLimits>): Promise<RepriseError> {
  const error = await refusalOf(bytes, pool, limits);
  expect(error).toBeInstanceOf(RepriseError);
  return error!;
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
    ['with fewer entries than counted', zip([e0], { entries: 2 }), 'directory-invalid', /too short/],
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

  it('with a file that inflates beyond its size, as soon as it does', async () => {
    const name = attachmentPath('x_0.asset');
    const more = { name, content: Buffer.alloc(3_000_000, 'xy'), local: { size: 70_000 }, central: { size: 70_000 } };
    const error = await refusal(zip([e0, more]));
    expect([error.code, error.message]).toEqual(['archive.entry-invalid', expect.stringContaining(name)]);
  });

  it('with entries that overlap by what the local header adds, or that share their data as bombs do', async () => {
    const long = zip([e0, e1]);
    // The extra field of the first entry reaches into the second one.
    long.writeUInt16LE(50, 28);
    expect(await refusal(long)).toMatchObject({ code: 'archive.entry-invalid', message: expect.stringContaining(eventPath(0)) });
    const shared = { ...e1, central: { offset: 10 } };
    expect((await refusal(zip([e0, shared, { ...shared, name: eventPath(2) }]))).code).toBe('archive.entries-overlap');
  });

  it('with more entries than a directory of its size can hold, before memory is made for them', async () => {
    const bytes = zip([e0], { entries: 0xffff });
    expect(await refusal(bytes)).toMatchObject({ code: 'archive.directory-invalid', message: expect.stringMatching(/too short/) });
  });

  it('but takes a symbolic link for the plain entry that it is', async () => {
    const link = { attributes: (0o120777 << 16) >>> 0, content: '/etc/passwd' };
    const reader = await readerOf(zip([e0, { name: attachmentPath('version.json'), ...link }, { name: 'events/0/1.json.lnk', ...link }]));
    expect([await reader.readText('version.json'), reader.unknown, reader.events]).toEqual(['/etc/passwd', 1, 1]);
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
  /** The most that the setting may say. */
  const maxEventBytes = 32 * 1024 ** 2;
  const mapping = { oldAppId: '1', newAppId: '2', name: 'n', users: {} };

  it.each([
    ['raw', 'ü'.repeat(5_200_000)],
    ['escaped', '\\\\u00FC'.repeat(4_600_000)],
    ['of control characters', '\\\\n\\\\\\"'.repeat(2_800_000)],
  ])('with an event as large as is allowed, %s', async (_, text) => {
    const large = { ...e1, content: `{"n":{"t":"X","s":"app-1","p":"{\\"a\\":\\"${text}\\"}","h":{}}}` };
    const bytes = zip([e0, large]);
    const pool = new ArchivePool({ threads: 1, maxEventBytes });
    onTestFinished(() => pool.destroy());
    const reader = await readerOf(bytes, { maxRatio: 2_000, maxEventBytes });
    expect((await collect(inspectEvents(reader, pool))).flatMap(({ types }) => types)).toEqual(['AppCreatedEvent', 'X']);
    const plan = { kind: 'events' as const, from: 1, to: 2, entries: [reader.event(0), reader.event(1)], versions: [0, 1] };
    const batches = await collect(readImport(reader.source, plan, { mapping, pool, maxEventBytes }));
    const events = batches.flatMap((batch) => [...unpackEvents(batch.events)]);
    const fragment = eventFragment(inPages(events, 2), { pool, modified: MODIFIED });
    expect(Buffer.concat(await collect(fragment.bytes)).length).toBe(fragment.index().length);
    expect([...fragment.index().entries][1]!.size).toBeGreaterThan(30_000_000);
  });
});
