import { crc32, deflateRawSync } from 'node:zlib';
import { HIGHEST_WRITTEN_RATIO, RATIO_COUNTS_FROM } from './read-limits.js';
import { DEFLATED, localHeader, STORED, type EntryRecord, type Zip64Limits } from './zip-format.js';

/**
 * A small window and little memory: an event file's cost is setting zlib up, not compressing. As small as level 6 within half a percent on
 * events, three times as fast (docs/adr, ZIP libraries).
 */
const SMALL = { level: 1, windowBits: 12, memLevel: 4, chunkSize: 2048 } as const;
const LARGE = { level: 1, chunkSize: 64 * 1024 } as const;
const LARGE_BYTES = 64 * 1024;

export interface EncodedEntry {
  record: Omit<EntryRecord, 'offset'>;
  header: Buffer;
  data: Uint8Array;
}

/** An entry of bytes at hand, deflated unless `stored`; nothing in it is always stored, as Squidex does it. */
export function encodeEntry(name: string, bytes: Uint8Array, options: { time: number; stored?: boolean; limits?: Zip64Limits }): EncodedEntry {
  let data = bytes;
  if (!options.stored && bytes.length > 0) {
    const deflated = deflateRawSync(bytes, bytes.length < LARGE_BYTES ? SMALL : LARGE);
    if (bytes.length < RATIO_COUNTS_FROM || deflated.length * HIGHEST_WRITTEN_RATIO > bytes.length) data = deflated;
  }
  const method = data === bytes ? STORED : DEFLATED;
  const record = { name, method, crc: crc32(bytes), compressedSize: data.length, size: bytes.length };
  return { record, header: localHeader(record, options.time, options.limits), data };
}
