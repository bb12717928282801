import { describe, expect, it } from 'vitest';
import { dataStart } from './local-entry.js';
import { DEFLATED, FLAG_DESCRIPTOR, localHeader } from './zip-format.js';

const entry = { name: 'a.json', method: DEFLATED, crc: 0x1234_5678, compressedSize: 10, size: 20, offset: 0 };

/** An entry's own header, whose three numbers are others than the directory's. */
function header(number: number | undefined, flags: number): Buffer {
  const bytes = localHeader(entry, 0);
  bytes.writeUInt16LE(bytes.readUInt16LE(6) | flags, 6);
  if (number !== undefined) for (const at of [14, 18, 22]) bytes.writeUInt32LE(number, at);
  return bytes;
}

describe("an entry's own header", () => {
  it('tells what the directory does, or leaves it to a data descriptor', () => {
    for (const bytes of [header(undefined, 0), header(undefined, FLAG_DESCRIPTOR), header(0, FLAG_DESCRIPTOR)]) {
      expect(dataStart(bytes, 0, entry)).toBe(bytes.length);
    }
  });

  it('is refused when it tells anything else, or nothing without a descriptor', () => {
    for (const bytes of [header(0, 0), header(1, 0), header(1, FLAG_DESCRIPTOR)]) {
      expect(() => dataStart(bytes, 0, entry)).toThrow(/other sizes or another checksum/);
    }
  });

  it('is refused when it is cut off, or its data reach into the next entry', () => {
    const bytes = header(undefined, 0);
    expect(() => dataStart(bytes.subarray(0, 29), 0, entry)).toThrow(/no entry at its place/);
    expect(() => dataStart(bytes.subarray(0, 33), 0, entry)).toThrow(/reaches into the next/);
    expect(() => dataStart(bytes, 0, { ...entry, end: bytes.length + 9 })).toThrow(/reaches into the next/);
    expect(dataStart(bytes, 0, { ...entry, end: bytes.length + 10 })).toBe(bytes.length);
  });
});
