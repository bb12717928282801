import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { attachmentPath, eventPath, streamEntry } from './index.js';
import { collect, readerOf } from './spec-fixtures.js';
import { pack, type PackedEntry } from './spec-zip.js';
import { hostileZip } from './testing/index.js';
import { END_SIZE, ZIP64_END_SIZE, ZIP64_LOCATOR_SIZE } from './zip-format.js';

const event = { name: eventPath(0), content: Buffer.from('{"n":{"t":"AppCreatedEvent","s":"app-1","p":"{}","h":{}}}') };
const text = Buffer.from('some text that deflates '.repeat(5_000));
const asset = { name: attachmentPath('x_0.asset'), content: text };

/** The archive, changed at places counted from a header of an entry. */
function changed(entries: readonly PackedEntry[], name: string, change: (bytes: Buffer, at: { local: number; central: number }) => void): Buffer {
  const bytes = pack(entries);
  change(bytes, { local: bytes.indexOf(name) - 30, central: bytes.lastIndexOf(name) - 46 });
  return bytes;
}

/** The archive, the records of its directory in the opposite order. */
function turned(bytes: Buffer): Buffer {
  const end = bytes.length - END_SIZE;
  const places: number[] = [];
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1)) places.push(at);
  const records = places.map((at, i) => bytes.subarray(at, places[i + 1] ?? end));
  return Buffer.concat([bytes.subarray(0, places[0]), ...records.reverse(), bytes.subarray(end)]);
}

const invalid = (code: string, message: string | RegExp = '') =>
  expect.objectContaining({ code: `archive.${code}`, message: expect.stringMatching(message) }) as Error;

describe('an asset that is read as a stream', () => {
  const streamed = async (bytes: Buffer) => {
    const reader = await readerOf(bytes);
    return Buffer.concat(await collect(streamEntry(reader.source, reader.attachments('x_0.asset')[0]!)));
  };

  it('has the bytes that were written, of any size, stored or deflated', async () => {
    const large = Buffer.alloc(3 * 1024 ** 2 + 5, text);
    expect((await streamed(pack([event, { ...asset, content: large }]))).equals(large)).toBe(true);
    const stored = { ...asset, content: Buffer.alloc(0) };
    expect(await streamed(pack([event, stored]))).toEqual(Buffer.alloc(0));
  });

  it.each<[string, Buffer, RegExp]>([
    [
      'has another checksum',
      changed([event, asset], asset.name, (b, { local, central }) => [b.writeUInt32LE(1, local + 14), b.writeUInt32LE(1, central + 16)]),
      /CRC-32/,
    ],
    [
      'has less bytes than it says',
      changed([event, asset], asset.name, (b, { local, central }) => [b.writeUInt32LE(130_000, local + 22), b.writeUInt32LE(130_000, central + 24)]),
      /130000 bytes/,
    ],
    [
      'has more bytes than it says',
      changed([event, asset], asset.name, (b, { local, central }) => [b.writeUInt32LE(9, local + 22), b.writeUInt32LE(9, central + 24)]),
      /the 9 bytes/,
    ],
    ['is not deflated', pack([event, { ...asset, data: Buffer.from('this is not deflated') }]), /cannot be inflated/],
    ['goes on behind its end', pack([event, { ...asset, data: Buffer.concat([deflateRawSync(text), Buffer.from('x')]) }]), /something follows/],
  ])('is refused when it %s', async (_, bytes, message) => {
    await expect(streamed(bytes)).rejects.toThrow(invalid('entry-invalid', message));
  });
});

describe('an asset that inflates to more than it says', () => {
  it('gives no byte beyond that, however much there would be', async () => {
    const bytes = changed([event, asset], asset.name, (b, { local, central }) => [b.writeUInt32LE(9, local + 22), b.writeUInt32LE(9, central + 24)]);
    const reader = await readerOf(bytes);
    let given = 0;
    const reading = async () => {
      for await (const chunk of streamEntry(reader.source, reader.attachments('x_0.asset')[0]!)) given += chunk.length;
    };
    await expect(reading()).rejects.toThrow(invalid('entry-invalid'));
    expect(given).toBeLessThanOrEqual(9);
  });
});

describe('an entry', () => {
  it.each<[string, Buffer, string, RegExp]>([
    ['is not where the directory says', changed([event, asset], event.name, (b, { local }) => b.write('XX', local)), 'entry-invalid', /no entry at its place/],
    [
      'reaches into the next one',
      changed([event, asset], event.name, (b, { local }) => b.writeUInt16LE(20, local + 28)),
      'entry-invalid',
      /reaches into the next/,
    ],
    [
      'has another method in its own header',
      changed([event, asset], event.name, (b, { local }) => b.writeUInt16LE(0, local + 8)),
      'entry-invalid',
      /another method/,
    ],
    ['is encrypted by its own header', changed([event, asset], event.name, (b, { local }) => b.writeUInt16LE(1, local + 6)), 'entry-invalid', /another method/],
    [
      'has another size in its own header',
      changed([event, asset], event.name, (b, { local }) => b.writeUInt32LE(0, local + 22)),
      'entry-invalid',
      /other sizes/,
    ],
  ])('is refused when it %s', async (_, bytes, code, message) => {
    const reader = await readerOf(bytes);
    await expect(reader.readEntry(reader.event(0))).rejects.toThrow(invalid(code, message));
  });

  it.each<[string, Buffer, string]>([
    ['stored, but of two sizes', changed([event, asset], asset.name, (b, { central }) => b.writeUInt16LE(0, central + 10)), 'entry-invalid'],
    ['an encrypted asset', changed([event, asset], asset.name, (b, { central }) => b.writeUInt16LE(1, central + 8)), 'entry-encrypted'],
    ['an asset of an unknown method', changed([event, asset], asset.name, (b, { central }) => b.writeUInt16LE(9, central + 10)), 'entry-method'],
  ])('is refused at once when it is %s', async (_, bytes, code) => {
    await expect(readerOf(bytes)).rejects.toThrow(invalid(code, /x_0\.asset/));
  });

  it('may be as large as is allowed, and no byte more', async () => {
    const reader = await readerOf(pack([event, asset]));
    const [found] = reader.attachments('x_0.asset');
    expect((await reader.readEntry(found!, text.length)).equals(text)).toBe(true);
    await expect(reader.readEntry(found!, text.length - 1)).rejects.toThrow(invalid('entry-too-large'));
    const { length } = event.content;
    expect((await readerOf(pack([event]), { maxEventBytes: length })).events).toBe(1);
    await expect(readerOf(pack([event]), { maxEventBytes: length - 1 })).rejects.toThrow(invalid('entry-too-large'));
    const bytes = pack([event]);
    expect((await readerOf(bytes, { maxArchiveBytes: bytes.length, maxEntries: 1 })).entries).toBe(1);
  });

  it('of a text must be UTF-8; the first one of a name that is not empty counts', async () => {
    const users = attachmentPath('users.json');
    const texts = ['', '{"a":"b"}', '{}'].map((content) => ({ name: users, content: Buffer.from(content) }));
    const reader = await readerOf(pack([event, ...texts]));
    expect(reader.attachments('users.json')).toHaveLength(3);
    expect(await reader.readText('users.json')).toBe('{"a":"b"}');
    expect(await reader.readText('settings.json')).toBeUndefined();
    const odd = await readerOf(pack([event, { name: users, content: Buffer.from([0x7b, 0xff, 0x7d]) }]));
    await expect(odd.readText('users.json')).rejects.toThrow(invalid('attachment-invalid', /users\.json is not UTF-8/));
  });

  it('is found whatever the order of the directory', async () => {
    const events = Array.from({ length: 9 }, (_, i) => ({ name: eventPath(i), content: Buffer.from(`{"i":${'1'.repeat(i * 5 + 1)}}`) }));
    const reader = await readerOf(turned(pack([...events, asset])));
    for (const [i, { content }] of events.entries()) expect((await reader.readEntry(reader.event(i))).equals(content)).toBe(true);
    expect((await reader.readEntry(reader.attachments('x_0.asset')[0]!)).equals(text)).toBe(true);
  });

  it('is refused when it overlaps another, whatever the order of the directory', async () => {
    const bytes = turned(changed([event, { name: eventPath(1), content: text }, asset], asset.name, (b, { central }) => b.writeUInt32LE(50, central + 42)));
    await expect(readerOf(bytes)).rejects.toThrow(invalid('entries-overlap'));
  });

  it('may inflate to as many times its size as is allowed, and more where it is small', async () => {
    const data = Buffer.alloc(200_000);
    const claimed = (size: number, bytes = data) => hostileZip([event, { name: asset.name, data: bytes, local: { size }, central: { size } }]);
    expect((await readerOf(claimed(7 * data.length), { maxRatio: 7 })).entries).toBe(2);
    await expect(readerOf(claimed(7 * data.length + 1), { maxRatio: 7 })).rejects.toThrow(invalid('entry-ratio', /x_0\.asset would inflate to 8 times/));
    const few = Buffer.alloc(10);
    expect((await readerOf(claimed(1024 ** 2, few))).entries).toBe(2);
    await expect(readerOf(claimed(1024 ** 2 + 1, few))).rejects.toThrow(invalid('entry-ratio'));
  });

  it('that is no folder is counted, also when it is empty or its name is too long to be asked for', async () => {
    const others = ['folder/', 'nothing', attachmentPath('x'.repeat(5_000)), 'full/'].map((name, i) => ({ name, content: i === 3 ? 'x' : '' }));
    // `attachments/NNN/`, as long as a path may be and longer by one.
    const names = ['y'.repeat(4_096 - 16), 'y'.repeat(4_097 - 16)];
    expect(names.map((name) => attachmentPath(name).length)).toEqual([4_096, 4_097]);
    const reader = await readerOf(hostileZip([event, ...others, ...names.map((name) => ({ name: attachmentPath(name) }))]));
    expect([reader.entries, reader.unknown, [...reader.attachmentPaths()]]).toEqual([6, 4, [attachmentPath(names[0]!)]]);
  });
});

describe('the end of an archive', () => {
  const forced = () => pack([event, asset], { bytes: 1, entries: 1 });
  const ofEnd = (bytes: Buffer) => bytes.length - END_SIZE;
  const ofLocator = (bytes: Buffer) => ofEnd(bytes) - ZIP64_LOCATOR_SIZE;
  const ofZip64 = (bytes: Buffer) => ofLocator(bytes) - ZIP64_END_SIZE;
  const with64 = (change: (bytes: Buffer) => unknown) => {
    const bytes = forced();
    change(bytes);
    return bytes;
  };
  const plain = (change: (bytes: Buffer, end: number) => unknown) => {
    const bytes = pack([event, asset]);
    change(bytes, ofEnd(bytes));
    return bytes;
  };

  it('may tell its numbers in zip64 alone, or in both records', async () => {
    expect((await readerOf(forced())).entries).toBe(2);
    const both = with64((b) => {
      const [zip64, end] = [ofZip64(b), ofEnd(b)];
      b.writeUInt16LE(2, end + 8);
      b.writeUInt16LE(2, end + 10);
      b.writeUInt32LE(Number(b.readBigUInt64LE(zip64 + 40)), end + 12);
      b.writeUInt32LE(Number(b.readBigUInt64LE(zip64 + 48)), end + 16);
    });
    expect((await readerOf(both)).entries).toBe(2);
  });

  it.each<[string, Buffer]>([
    ['lies on another disk', plain((b, end) => b.writeUInt16LE(1, end + 4))],
    ['counts other entries on its disk', plain((b, end) => b.writeUInt16LE(1, end + 8))],
    ['begins on another disk, by zip64', with64((b) => b.writeUInt32LE(1, ofZip64(b) + 16))],
    ['lies on another disk, by zip64', with64((b) => b.writeUInt32LE(1, ofZip64(b) + 20))],
    ['counts other entries on its disk, by zip64', with64((b) => b.writeBigUInt64LE(1n, ofZip64(b) + 24))],
    ['counts other entries in its two records', with64((b) => b.writeUInt16LE(1, ofEnd(b) + 10))],
    ['has other sizes in its two records', with64((b) => b.writeUInt32LE(1, ofEnd(b) + 12))],
    ['has other places in its two records', with64((b) => b.writeUInt32LE(1, ofEnd(b) + 16))],
    ['has its zip64 record elsewhere', with64((b) => b.writeBigUInt64LE(BigInt(ofZip64(b) - 1), ofLocator(b) + 8))],
    ['has its zip64 record behind itself', with64((b) => b.writeBigUInt64LE(BigInt(b.length), ofLocator(b) + 8))],
    ['has no zip64 record', with64((b) => b.write('XX', ofZip64(b)))],
    ['has a zip64 record of another size', with64((b) => b.writeBigUInt64LE(45n, ofZip64(b) + 4))],
    ['tells a number that no file has', with64((b) => b.writeBigUInt64LE(2n ** 60n, ofZip64(b) + 48))],
  ])('is refused when it %s', async (_, bytes) => {
    await expect(readerOf(bytes)).rejects.toThrow(invalid('directory-invalid'));
  });
});
