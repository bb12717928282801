import { describe, expect, it } from 'vitest';
import { centralHeader } from './testing/central-header.js';
import { dosTime, endRecords, localHeader, ZIP64_LIMITS } from './zip-format.js';

function numbers(bytes: number, ...values: number[]): Buffer {
  const buffer = Buffer.alloc(bytes * values.length);
  values.forEach((value, i) => buffer.writeUIntLE(value, i * bytes, Math.min(bytes, 6)));
  return buffer;
}
const u16 = (...values: number[]) => numbers(2, ...values);
const u32 = (...values: number[]) => numbers(4, ...values);
const u64 = (...values: number[]) => numbers(8, ...values);

const [TIME, DATE] = [0x5555, 0x3333];
const WHEN = DATE * 65_536 + TIME;
const FULL = 0xffffffff;
const entry = { name: 'a.json', method: 8, crc: 0x89abcdef, compressedSize: 0x1234, size: 0x2345, offset: 0x3456 };
const umlaut = { ...entry, name: 'ü.json' };
const name = Buffer.from(entry.name);

describe('the header of an entry', () => {
  it('tells in front of the data how to read it', () => {
    const rest = [u32(entry.crc, entry.compressedSize, entry.size), u16(6, 0), name];
    expect(localHeader(entry, WHEN)).toEqual(Buffer.concat([Buffer.from('PK\x03\x04'), u16(20, 0, 8, TIME, DATE), ...rest]));
  });

  it('has the same in the directory, as a plain file of a Unix system', () => {
    const [madeBy, attributes] = [3 * 256 + 20, 0o100644 * 65_536];
    const middle = [u16(madeBy, 20, 0, 8, TIME, DATE), u32(entry.crc, entry.compressedSize, entry.size), u16(6, 0, 0, 0, 0)];
    expect(centralHeader(entry, WHEN)).toEqual(Buffer.concat([Buffer.from('PK\x01\x02'), ...middle, u32(attributes, entry.offset), name]));
  });

  it('says so when its name is not ASCII', () => {
    const bytes = Buffer.from(umlaut.name);
    const [local, central] = [localHeader(umlaut, WHEN), centralHeader(umlaut, WHEN)];
    expect([local.readUInt16LE(6), local.readUInt16LE(26), local.subarray(30)]).toEqual([0x800, 7, bytes]);
    expect([central.readUInt16LE(8), central.readUInt16LE(28), central.subarray(46)]).toEqual([0x800, 7, bytes]);
  });

  it.each([{ size: 500 }, { compressedSize: 500 }, { size: 501, compressedSize: 501 }])('has both sizes in zip64 from the limit on: %o', (sizes) => {
    const limits = { bytes: 500, entries: 10 };
    const large = { ...entry, compressedSize: 5, size: 6, offset: 7, ...sizes };
    const zip64 = [u16(1, 16), u64(large.size, large.compressedSize)];
    const rest = [u32(entry.crc, FULL, FULL), u16(6, 20), name, ...zip64];
    expect(localHeader(large, WHEN, limits)).toEqual(Buffer.concat([Buffer.from('PK\x03\x04'), u16(45, 0, 8, TIME, DATE), ...rest]));
    const central = centralHeader(large, WHEN, limits);
    expect(central.subarray(4, 8)).toEqual(u16(3 * 256 + 45, 45));
    expect(central.subarray(20, 32)).toEqual(Buffer.concat([u32(FULL, FULL), u16(6, 20)]));
    expect(central.subarray(42)).toEqual(Buffer.concat([u32(7), name, ...zip64]));
  });

  it('has its offset in zip64 from the limit on, alone or behind the sizes', () => {
    const limits = { bytes: 500, entries: 10 };
    const far = { ...entry, compressedSize: 499, size: 499, offset: 500 };
    const central = centralHeader(far, WHEN, limits);
    expect(central.subarray(4, 8)).toEqual(u16(3 * 256 + 45, 45));
    expect(central.subarray(20, 32)).toEqual(Buffer.concat([u32(499, 499), u16(6, 12)]));
    expect(central.subarray(42)).toEqual(Buffer.concat([u32(FULL), name, u16(1, 8), u64(500)]));
    const farAndLarge = centralHeader({ ...far, size: 500 }, WHEN, limits);
    expect(farAndLarge.subarray(42)).toEqual(Buffer.concat([u32(FULL), name, u16(1, 24), u64(500, 499, 500)]));
    expect(localHeader(far, WHEN, limits)).toHaveLength(30 + 6);
  });
});

describe('the end of an archive', () => {
  const directory = { entries: 9, offset: 499, size: 498 };
  const limits = { bytes: 500, entries: 10 };

  it('tells where the directory is', () => {
    expect(endRecords(directory, limits)).toEqual(Buffer.concat([Buffer.from('PK\x05\x06'), u16(0, 0, 9, 9), u32(498, 499), u16(0)]));
  });

  it.each([{ entries: 10 }, { offset: 500 }, { size: 500 }])('has zip64 records in front when one number reaches the limit: %o', (change) => {
    const large = { ...directory, ...change };
    const zip64 = [Buffer.from('PK\x06\x06'), u64(44), u16(3 * 256 + 45, 45), u32(0, 0), u64(large.entries, large.entries, large.size, large.offset)];
    const locator = [Buffer.from('PK\x06\x07'), u32(0), u64(large.offset + large.size), u32(1)];
    const end = [Buffer.from('PK\x05\x06'), u16(0, 0, 0xffff, 0xffff), u32(FULL, FULL), u16(0)];
    expect(endRecords(large, limits)).toEqual(Buffer.concat([...zip64, ...locator, ...end]));
  });

  it('needs them from the numbers on that its own fields keep for that', () => {
    expect(ZIP64_LIMITS).toEqual({ bytes: FULL, entries: 0xffff });
  });
});

describe('the time of an entry', () => {
  /** Years since 1980, month, day, hours, minutes, pairs of seconds. */
  const fields = (date: string) => {
    const time = dosTime(new Date(date));
    return [time >>> 25, (time >>> 21) & 15, (time >>> 16) & 31, (time >>> 11) & 31, (time >>> 5) & 63, time & 31];
  };

  it('is that of UTC, in steps of two seconds', () => {
    expect(fields('2026-11-24T23:58:59Z')).toEqual([46, 11, 24, 23, 58, 29]);
    expect(fields('2044-02-03T04:05:06+02:00')).toEqual([64, 2, 3, 2, 5, 3]);
  });

  it('is of the first or last year that a ZIP can tell where it is beyond', () => {
    expect(fields('1969-12-31T00:00:00Z')[0]).toBe(0);
    expect(fields('2107-01-01T00:00:00Z')[0]).toBe(127);
    expect(fields('2150-01-01T00:00:00Z')[0]).toBe(127);
  });
});
