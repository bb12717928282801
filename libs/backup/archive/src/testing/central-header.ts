import { type EntryRecord, LARGEST_CENTRAL, writeCentralHeader, type Zip64Limits } from '../zip-format.js';

/** An entry's record in the directory, alone. */
export function centralHeader(entry: EntryRecord, time: number, limits?: Zip64Limits): Buffer {
  // Somewhere, in memory that held something else.
  const at = 7;
  const header = Buffer.alloc(at + LARGEST_CENTRAL, 0xa5);
  return header.subarray(at, writeCentralHeader(header, at, entry, time, limits));
}
