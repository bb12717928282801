import { describe, expect, it } from 'vitest';
import { countOf, entryOf, plainBytesOfRun, readRuns } from './event-runs.js';
import { eventPath } from './layout.js';
import { collect } from './spec-fixtures.js';
import { LOCAL_SIZE } from './zip-format.js';

const [KIB, MIB] = [1024, 1024 ** 2];
/** What a full extra field takes, which only an entry's own header tells of. */
const MOST_EXTRA = 0xffff;

interface File {
  compressedSize: number;
  size?: number;
  /** Bytes between it and the one before. */
  gap?: number;
}

/** The runs of files that lie one behind the other, and the ranges that were read for them. */
async function runsOf(files: File[], first = 0) {
  let end = 0;
  const places = files.map(({ compressedSize, size = compressedSize, gap = 0 }, i) => {
    const offset = end + gap;
    end = offset + LOCAL_SIZE + eventPath(first + i).length + compressedSize;
    return { offset, compressedSize, size, crc: i, method: 8 };
  });
  const ranges: [from: number, to: number][] = [];
  const source = {
    size: end + 10 * MIB,
    read: async (offset: number, length: number) => {
      ranges.push([offset, offset + length]);
      return Buffer.alloc(0);
    },
  };
  const runs = await collect(readRuns(source, first, first + files.length - 1, (number) => places[number - first]!));
  return { runs, ranges, places, end };
}

const counts = async (files: File[], first?: number) => (await runsOf(files, first)).runs.map(countOf);

describe('runs of event files', () => {
  it('hold those that lie one behind the other, read in one go', async () => {
    const { runs, ranges, places, end } = await runsOf([{ compressedSize: 10, size: 20 }, { compressedSize: 11, size: 21 }, { compressedSize: 12 }]);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    expect([run!.first, run!.base, countOf(run!), plainBytesOfRun(run!), run!.begins, run!.ends]).toEqual([0, 0, 3, 53, true, true]);
    expect([0, 1, 2].map((i) => entryOf(run!, i))).toEqual(places.map((place, i) => ({ ...place, name: eventPath(i) })));
    expect(ranges).toEqual([[0, end + MOST_EXTRA]]);
  });

  it('end with their folder, and say whether they are all of it', async () => {
    const { runs } = await runsOf(Array<File>(5).fill({ compressedSize: 10 }), 998);
    expect(runs.map((run) => [run.first, countOf(run), run.begins, run.ends])).toEqual([
      [998, 2, true, true],
      [1_000, 3, true, true],
    ]);
    const parts = await runsOf([{ compressedSize: 10 }, { compressedSize: 10, gap: MIB }, { compressedSize: 10, gap: MIB }]);
    expect(parts.runs.map(({ begins, ends }) => [begins, ends])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  it('do not read through what lies between files that are far from each other, or in another order', async () => {
    const [a, b]: File[] = [{ compressedSize: 10 }, { compressedSize: 10, gap: 256 * KIB }];
    expect(await counts([a!, b!])).toEqual([2]);
    expect(await counts([a!, { ...b!, gap: 256 * KIB + 1 }])).toEqual([1, 1]);
    expect(await counts([a!, { ...b!, gap: -1 }])).toEqual([1, 1]);
  });

  it('take no more than some megabytes, as they lie there and inflated, but for a file that is larger alone', async () => {
    const header = LOCAL_SIZE + eventPath(0).length;
    const half = { compressedSize: 2 * MIB - header };
    expect(await counts([half, half, { compressedSize: 1 }])).toEqual([2, 1]);
    expect(await counts([half, { compressedSize: half.compressedSize + 1 }])).toEqual([1, 1]);
    const plain = { compressedSize: 10, size: 8 * MIB };
    expect(await counts([plain, plain, { compressedSize: 1 }])).toEqual([2, 1]);
    expect(await counts([plain, { ...plain, size: 8 * MIB + 1 }])).toEqual([1, 1]);
    expect(await counts([{ compressedSize: 10, size: 50 * MIB }])).toEqual([1]);
  });
});
