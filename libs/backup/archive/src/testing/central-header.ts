import { type EntryRecord, LARGEST_CENTRAL, writeCentralHeader, type Zip64Limits } from '../zip-format.js';

/** An entry's record in the directory, alone. */
export function centralHeader(entry: EntryRecord, time: number, limits?: Zip64Limits): Buffer {
  const header = Buffer.alloc(LARGEST_CENTRAL + Buffer.byteLength(entry.name));
  return header.subarray(0, writeCentralHeader(header, 0, entry, time, limits));
}
