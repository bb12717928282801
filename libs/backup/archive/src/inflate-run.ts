import { gunzipSync } from 'node:zlib';
import { countOf, entryOf, plainBytesOfRun, type EventRun } from './event-runs.js';
import { dataStart } from './local-entry.js';
import { DEFLATED } from './zip-format.js';

/** Of a gzip member without name, time and comment. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** What every member begins with. */
const MAGIC = HEADER.subarray(0, 3);
const TRAILER_BYTES = 8;
/** zlib's own. */
const LEAST_CHUNK = 64;
/** Larger ones gain nothing, and would be in memory once more. */
const MOST_BYTES = 8 * 1024 ** 2;

/**
 * The plain bytes of all entries of a run, end to end, checked like those of `inflateEntry`; undefined where that can't be done in one go, or
 * where anything is wrong: entry by entry it is found out what. Setting up zlib takes as long as inflating an event file, so the entries become the
 * members of one gzip file, whose trailers are their checksums and sizes, and zlib is called once.
 *
 * That nothing else than each entry's own data can pass: a member begins where the magic stands, which is nowhere but at the headers put in
 * here; so each ends right before another one, with the trailer of some entry, and has its checksum and its size. All members together have the sum of
 * all sizes, none of which is 0. So none is left out: each member is one entry.
 */
export function inflateRun(bytes: Buffer, run: EventRun): Buffer | undefined {
  const count = countOf(run);
  const size = plainBytesOfRun(run);
  if (count < 2 || size > MOST_BYTES) return undefined;
  const joined = joinedAsGzip(bytes, run);
  if (!joined || occurrencesOf(MAGIC, joined) !== count) return undefined;
  try {
    const result = gunzipSync(joined, { chunkSize: Math.max(size + 1, LEAST_CHUNK), maxOutputLength: size, info: true });
    const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return buffer.length === size && engine.bytesWritten === joined.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

function joinedAsGzip(bytes: Buffer, run: EventRun): Buffer | undefined {
  const entries = Array.from({ length: countOf(run) }, (_, index) => entryOf(run, index));
  const joined = Buffer.allocUnsafe(entries.reduce((sum, { compressedSize }) => sum + HEADER.length + compressedSize + TRAILER_BYTES, 0));
  let at = 0;
  for (const entry of entries) {
    const { compressedSize, crc, size } = entry;
    if (entry.method !== DEFLATED || size === 0) return undefined;
    const start = dataStart(bytes, entry.offset - run.base, entry);
    if (start + compressedSize > bytes.length) return undefined;
    at += HEADER.copy(joined, at);
    at += bytes.copy(joined, at, start, start + compressedSize);
    at = joined.writeUInt32LE(crc, at);
    at = joined.writeUInt32LE(size, at);
  }
  return joined;
}

function occurrencesOf(what: Buffer, bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) found++;
  return found;
}
