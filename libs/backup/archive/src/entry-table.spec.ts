import { describe, expect, it } from 'vitest';
import { EntryTable, NumberIndex } from './entry-table.js';

describe('a table of entries', () => {
  it('keeps each row, however many there are', () => {
    const row = (n: number) => ({
      offset: 2 ** 33 + n,
      compressedSize: 2 ** 34 + n,
      size: 2 ** 35 + n,
      crc: 2 ** 31 + n,
      method: n % 9,
      nameLength: n % 65_535,
    });
    const table = new EntryTable();
    for (let n = 0; n < 3_000; n++) expect(table.add(row(n))).toBe(n);
    const { offsets, compressedSizes, sizes, crcs, methods, nameLengths } = table;
    const stored = Array.from({ length: table.length }, (_, n) => ({
      offset: offsets[n],
      compressedSize: compressedSizes[n],
      size: sizes[n],
      crc: crcs[n],
      method: methods[n],
      nameLength: nameLengths[n],
    }));
    expect(stored).toEqual(Array.from({ length: 3_000 }, (_, n) => row(n)));
  });
});

describe('an index of numbers', () => {
  it('answers what was set, in any order and with any gap, and undefined for all else', () => {
    const index = new NumberIndex();
    const set = [1_024, 0, 1_023, 2_047, 2_048, 90_000, 5];
    for (const key of set) index.set(key, 7 * key);
    expect(set.map((key) => index.get(key))).toEqual(set.map((key) => 7 * key));
    expect([1, 1_025, 89_999, 90_001, 10_000_000].map((key) => index.get(key))).toEqual(Array(5).fill(undefined));
    expect(index.length).toBe(90_001);
  });
});
