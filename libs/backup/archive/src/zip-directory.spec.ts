import { describe, expect, it } from 'vitest';
import { bufferAccess } from './random-access.js';
import { pack } from './spec-zip.js';
import { findDirectory, readDirectory, withZip64 } from './zip-directory.js';
import { END_SIZE, endRecords, ZIP64_END_SIZE, ZIP64_LOCATOR_SIZE } from './zip-format.js';

const FULL = 0xffffffff;
const content = Buffer.from('{}');
const archive = (...names: string[]) => pack(names.map((name) => ({ name, content })));
/** With its numbers in zip64 records. */
const large = (...names: string[]) =>
  pack(
    names.map((name) => ({ name, content })),
    { bytes: 1, entries: 1 },
  );

async function namesIn(bytes: Buffer): Promise<string[]> {
  const source = bufferAccess(bytes);
  const names: string[] = [];
  await readDirectory(source, await findDirectory(source), ({ name }) => names.push(name));
  return names;
}

/** The archive, its end record changed. */
function ended(bytes: Buffer, change: (end: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy.subarray(-END_SIZE));
  return copy;
}

function commented(bytes: Buffer, comment: Buffer): Buffer {
  return Buffer.concat([ended(bytes, (end) => end.writeUInt16LE(comment.length, 20)), comment]);
}

/** The archive with something put between its directory and its end. */
function stretched(bytes: Buffer, more: Buffer): Buffer {
  const longer = Buffer.concat([bytes.subarray(0, -END_SIZE), more, bytes.subarray(-END_SIZE)]);
  return ended(longer, (end) => end.writeUInt32LE(end.readUInt32LE(12) + more.length, 12));
}

const refused = (code: string, message: string | RegExp) =>
  expect.objectContaining({ kind: 'corrupt', code: `archive.${code}`, message: expect.stringMatching(message) }) as Error;

describe('the name of an entry', () => {
  it.each([
    ['also where it holds what stands for bad bytes', [0xef, 0xbf, 0xbd], '\ufffd'],
    ['is read byte by byte where it is not', [0xff], 'ÿ'],
    ['is read byte by byte where it is not, whatever else it holds', [0xef, 0xbf, 0xbd, 0xff], 'ï¿½ÿ'],
  ])('is UTF-8 %s', async (_, bytes, name) => {
    const packed = archive('x'.repeat(bytes.length), 'other');
    packed.set(bytes, packed.lastIndexOf('x'.repeat(bytes.length)));
    expect(await namesIn(packed)).toEqual([name, 'other']);
  });
});

describe('the end of an archive', () => {
  it('is found in front of a comment, whatever that holds and however long it is', async () => {
    const comments = ['made by hand', 'PK\x05\x06', `PK\x05\x06${'x'.repeat(30)}`, 'x'.repeat(0xffff)].map((text) => Buffer.from(text));
    for (const comment of comments) {
      expect(await namesIn(commented(archive('a', 'b'), comment))).toEqual(['a', 'b']);
      expect(await namesIn(commented(large('a', 'b'), comment))).toEqual(['a', 'b']);
    }
  });

  it('may be all that there is', async () => {
    expect(await findDirectory(bufferAccess(endRecords({ entries: 0, offset: 0, size: 0 })))).toEqual({ entries: 0, offset: 0, size: 0 });
  });

  it.each([
    ['begins as one ends', `PK\x05\x06${'x'.repeat(100)}`, 'not a ZIP archive\\.$'],
    ['ends in the middle of its end', 'some text PK\x05\x06', 'not a ZIP archive\\.$'],
    ['is shorter than a signature', 'PK\x03', 'not a ZIP archive\\.$'],
    ['is a page behind spaces', '  <html><body>', 'HTML or XML page'],
    ['is a page behind a byte order mark', '\ufeff<?xml version="1.0"?>', 'HTML or XML page'],
    ['is a text about pages', 'There is an <html> in it.', 'not a ZIP archive\\.$'],
  ])('is missed in a file that %s', async (_, text, message) => {
    await expect(namesIn(Buffer.from(text))).rejects.toThrow(refused('not-a-zip', new RegExp(message)));
  });

  it('is cut off where only the beginning of an archive is left, be it the first signature alone', async () => {
    for (const length of [4, 20]) await expect(namesIn(archive('a').subarray(0, length))).rejects.toThrow(refused('cut-off', 'its end is missing'));
  });

  it('may have no numbers of disks where zip64 records have them, and only there', async () => {
    const without = (end: Buffer) => void end.fill(0xff, 4, 8);
    expect(await namesIn(ended(large('a', 'b'), without))).toEqual(['a', 'b']);
    await expect(namesIn(ended(archive('a', 'b'), without))).rejects.toThrow(refused('directory-invalid', 'several disks'));
    const other = ended(large('a', 'b'), (end) => end.writeUInt16LE(1, 4));
    await expect(namesIn(other)).rejects.toThrow(refused('directory-invalid', 'several disks'));
  });

  it('is refused when its zip64 records tell of several disks', async () => {
    const bytes = large('a', 'b');
    bytes.writeUInt32LE(2, bytes.length - END_SIZE - ZIP64_LOCATOR_SIZE + 16);
    await expect(namesIn(bytes)).rejects.toThrow(refused('directory-invalid', 'several disks'));
  });

  it('is refused when its zip64 records tell a number that no file has', async () => {
    const bytes = large('a', 'b');
    bytes.writeBigUInt64LE(2n ** 60n, bytes.length - END_SIZE - ZIP64_LOCATOR_SIZE - ZIP64_END_SIZE + 48);
    await expect(namesIn(bytes)).rejects.toThrow(refused('directory-invalid', 'larger than any file'));
  });
});

describe('the directory of an archive', () => {
  it('is read piece by piece, whatever lies across their borders', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `${i}-${'x'.repeat(60_000)}`);
    expect(await namesIn(archive(...names))).toEqual(names);
  });

  it('may have entries without a name, with a comment, or without a number of their disk', async () => {
    expect(await namesIn(archive('', ''))).toEqual(['', '']);
    const bytes = archive('a', 'b');
    const at = bytes.indexOf('PK\x01\x02');
    bytes.writeUInt16LE(3, at + 32);
    bytes.writeUInt16LE(0xffff, at + 34);
    const behindFirst = at + 46 + 1;
    const withComment = Buffer.concat([bytes.subarray(0, behindFirst), Buffer.from('abc'), bytes.subarray(behindFirst)]);
    expect(await namesIn(ended(withComment, (end) => end.writeUInt32LE(end.readUInt32LE(12) + 3, 12)))).toEqual(['a', 'b']);
  });

  it('is refused when it has more or less in it than its end says', async () => {
    const count = (entries: number) => (end: Buffer) => void (end.writeUInt16LE(entries, 8), end.writeUInt16LE(entries, 10));
    const long = archive('a'.repeat(60), 'b'.repeat(60));
    await expect(namesIn(ended(long, count(1)))).rejects.toThrow(refused('directory-invalid', 'more entries than the 1'));
    await expect(namesIn(ended(long, count(3)))).rejects.toThrow(refused('directory-invalid', 'has 2 entries, but counts 3'));
    await expect(namesIn(ended(archive('a', 'b'), count(3)))).rejects.toThrow(refused('directory-invalid', 'too short for the number of its entries'));
  });

  it('is refused when something else stands in it', async () => {
    await expect(namesIn(stretched(archive('a', 'b'), Buffer.alloc(45)))).rejects.toThrow(refused('directory-invalid', 'last record is not complete'));
    await expect(namesIn(stretched(archive('a', 'b'), Buffer.alloc(46)))).rejects.toThrow(refused('directory-invalid', 'does not begin where'));
  });
});

describe('numbers that stand in a zip64 field', () => {
  const field = (id: number, ...numbers: bigint[]) => {
    const bytes = Buffer.alloc(4 + 8 * numbers.length);
    bytes.writeUInt16LE(id, 0);
    bytes.writeUInt16LE(8 * numbers.length, 2);
    numbers.forEach((number, i) => bytes.writeBigUInt64LE(number, 4 + 8 * i));
    return bytes;
  };

  it('are those that are all ones, in their order', () => {
    expect(withZip64([FULL, 7, FULL], field(1, 5_000_000_000n, 6n), 'x')).toEqual([5_000_000_000, 7, 6]);
    expect(withZip64([FULL, FULL, 3], field(1, 1n, 2n, 99n), 'x')).toEqual([1, 2, 3]);
    expect(withZip64([1, 2, 3], field(1, 9n), 'x')).toEqual([1, 2, 3]);
  });

  it('are found behind other fields', () => {
    expect(withZip64([FULL], Buffer.concat([field(0x5455, 1n), field(0x7875), field(1, 8n)]), 'x')).toEqual([8]);
  });

  it('stay as they are where there is no such field, or one that does not end', () => {
    for (const extra of [Buffer.alloc(0), Buffer.from([1, 0]), field(0x5455, 1n), Buffer.concat([field(0x5455, 1n), Buffer.from([1, 0, 8])])]) {
      expect(withZip64([FULL, FULL], extra, 'x')).toEqual([FULL, FULL]);
    }
    expect(withZip64([FULL], field(1, 8n).subarray(0, 11), 'x')).toEqual([FULL]);
  });

  it('are refused, with the entry named, where the field is too short, or the number larger than any file', () => {
    for (const [numbers, extra] of [
      [[FULL], field(1)],
      [[FULL, FULL], field(1, 8n)],
    ] as const) {
      expect(() => withZip64(numbers, extra, 'events/0/1.json')).toThrow(refused('entry-invalid', /events\/0\/1\.json.*too short/));
    }
    expect(() => withZip64([FULL], field(1, 2n ** 60n), 'x')).toThrow(refused('directory-invalid', 'larger than any file'));
  });
});
