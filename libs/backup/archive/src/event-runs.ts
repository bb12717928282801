import { EVENTS_PER_FOLDER, eventPath } from './layout.js';
import { earliestEnd, readEnd } from './local-entry.js';
import type { RandomAccess } from './random-access.js';
import type { EntryRecord } from './zip-format.js';

/** Event files that are read in one piece: those of consecutive numbers, of one folder, which lie near each other. */
export interface EventRun {
  /** Number of the first. */
  first: number;
  /** Packed, a few numbers for each. */
  entries: Float64Array;
  /** The archive from `base` on. */
  bytes: Uint8Array;
  base: number;
  /** The first and the last of their folder (of those asked for) are among them. */
  begins: boolean;
  ends: boolean;
}

const PACKED = 5;
const RUN_BYTES = 4 * 1024 * 1024;
/** Inflated; a thread holds them as bytes, text and parts of text. */
const RUN_PLAIN_BYTES = 16 * 1024 * 1024;
/** Larger gaps (files of assets) are not read through. */
const GAP_BYTES = 256 * 1024;

type Place = Omit<EntryRecord, 'name'>;

/** The event files `first` to `last`, both included, in runs. */
export async function* readRuns(source: RandomAccess, first: number, last: number, entry: (number: number) => Place): AsyncGenerator<EventRun> {
  for (let from = first; from <= last;) {
    const begin = entry(from);
    const run = [begin];
    let least = earliestEnd({ ...begin, name: eventPath(from) });
    let plain = begin.size;
    let next = from + 1;
    for (; next <= last && next % EVENTS_PER_FOLDER !== 0; next++) {
      const candidate = entry(next);
      const gap = candidate.offset - least;
      plain += candidate.size;
      if (gap < 0 || gap > GAP_BYTES || plain > RUN_PLAIN_BYTES) break;
      least = earliestEnd({ ...candidate, name: eventPath(next) });
      if (least - begin.offset > RUN_BYTES) break;
      run.push(candidate);
    }
    const end = readEnd({ ...run.at(-1)!, name: eventPath(next - 1) }, source.size);
    const begins = from === first || from % EVENTS_PER_FOLDER === 0;
    const ends = next > last || next % EVENTS_PER_FOLDER === 0;
    const bytes = await source.read(begin.offset, end - begin.offset);
    yield { first: from, entries: pack(run), bytes, base: begin.offset, begins, ends };
    from = next;
  }
}

function pack(entries: readonly Place[]): Float64Array {
  const packed = new Float64Array(entries.length * PACKED);
  entries.forEach(({ offset, compressedSize, size, crc, method }, i) => packed.set([offset, compressedSize, size, crc, method], i * PACKED));
  return packed;
}

/** An entry of a run, with its name. */
export function entryOf({ first, entries }: Pick<EventRun, 'first' | 'entries'>, index: number): EntryRecord {
  const at = index * PACKED;
  return {
    name: eventPath(first + index),
    offset: entries[at]!,
    compressedSize: entries[at + 1]!,
    size: entries[at + 2]!,
    crc: entries[at + 3]!,
    method: entries[at + 4]!,
  };
}

/** Bytes of its event files, inflated. */
export function plainBytesOfRun({ entries }: Pick<EventRun, 'entries'>): number {
  let bytes = 0;
  for (let at = 2; at < entries.length; at += PACKED) bytes += entries[at]!;
  return bytes;
}

export function countOf(run: Pick<EventRun, 'entries'>): number {
  return run.entries.length / PACKED;
}
