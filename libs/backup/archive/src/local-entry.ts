import { corrupt, shownName } from './errors.js';
import {
  DEFLATED,
  FLAG_DESCRIPTOR,
  FLAG_ENCRYPTED,
  FLAG_MASKED_DIRECTORY,
  FLAG_STRONG_ENCRYPTION,
  LOCAL_SIGNATURE,
  LOCAL_SIZE,
  STORED,
  type EntryRecord,
} from './zip-format.js';
import { decodeName, withZip64 } from './zip-directory.js';

/** An entry of an archive that is read. */
export interface ArchiveEntry extends EntryRecord {
  /** Where the next entry, or the directory, begins: nothing of this entry may lie there or behind. Left out where that was checked before. */
  end?: number;
}

/** As much as a local header can take beside name and data: a full extra field. */
const MAX_EXTRA = 0xffff;
const ENCRYPTED = FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION | FLAG_MASKED_DIRECTORY;

/** Where an entry ends at the earliest: its local header may have an extra field of a length that the directory doesn't know. */
export function earliestEnd(entry: EntryRecord): number {
  return entry.offset + LOCAL_SIZE + Buffer.byteLength(entry.name) + entry.compressedSize;
}

/** Where reading an entry may stop, in an archive of this size. */
export function readEnd(entry: ArchiveEntry, archiveSize: number): number {
  return Math.min(entry.end ?? archiveSize, earliestEnd(entry) + MAX_EXTRA, archiveSize);
}

export function entryInvalid(name: string, what: string, cause?: unknown): Error {
  return corrupt('entry-invalid', `The entry ${shownName(name)} is damaged: ${what}`, cause);
}

/** Checks what the directory tells about how the entry can be read. */
export function checkReadable(entry: Pick<EntryRecord, 'name' | 'method' | 'size' | 'compressedSize'>, flags: number): void {
  if (flags & ENCRYPTED) throw corrupt('entry-encrypted', `The entry ${shownName(entry.name)} is encrypted. Pack the archive again without a password.`);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw corrupt('entry-method', `The entry ${shownName(entry.name)} is compressed by method ${entry.method}. Only deflate and stored entries can be read.`);
  }
  if (entry.method === STORED && entry.size !== entry.compressedSize) throw entryInvalid(entry.name, 'it is stored, but its two sizes differ.');
}

/**
 * Checks the local header, which begins at `at`, against the directory, and answers where the data begins. The two must tell the same:
 * an archive that shows different readers different files is not to be trusted. Sizes and CRC may be left to a data descriptor.
 */
export function dataStart(bytes: Buffer, at: number, entry: ArchiveEntry): number {
  if (at + LOCAL_SIZE > bytes.length || bytes.readUInt32LE(at) !== LOCAL_SIGNATURE) throw entryInvalid(entry.name, 'there is no entry at its place.');
  const nameEnd = at + LOCAL_SIZE + bytes.readUInt16LE(at + 26);
  const start = nameEnd + bytes.readUInt16LE(at + 28);
  const end = entry.offset + (start - at) + entry.compressedSize;
  if (start > bytes.length || (entry.end !== undefined && end > entry.end)) throw entryInvalid(entry.name, 'it reaches into the next one.');

  const flags = bytes.readUInt16LE(at + 6);
  const name = decodeName(bytes, at + LOCAL_SIZE, nameEnd);
  if (name !== entry.name) throw entryInvalid(entry.name, `its own header has another name, ${shownName(name)}.`);
  if (bytes.readUInt16LE(at + 8) !== entry.method || flags & ENCRYPTED) throw entryInvalid(entry.name, 'its own header has another method than the directory.');

  const [size, compressedSize] = withZip64([bytes.readUInt32LE(at + 22), bytes.readUInt32LE(at + 18)], bytes.subarray(nameEnd, start), entry.name);
  const crc = bytes.readUInt32LE(at + 14);
  const deferred = (flags & FLAG_DESCRIPTOR) !== 0;
  const same = (value: number, expected: number) => value === expected || (deferred && (value === 0 || value === 0xffffffff));
  if (!same(size!, entry.size) || !same(compressedSize!, entry.compressedSize) || !same(crc, entry.crc)) {
    throw entryInvalid(entry.name, 'its own header has other sizes or another checksum than the directory.');
  }
  return start;
}
