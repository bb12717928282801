import { isUtf8 } from 'node:buffer';
import { corrupt, shownName } from './errors.js';
import type { RandomAccess } from './random-access.js';
import {
  CENTRAL_SIGNATURE,
  CENTRAL_SIZE,
  END_SIGNATURE,
  END_SIZE,
  LOCAL_SIGNATURE,
  ZIP64_END_SIGNATURE,
  ZIP64_END_SIZE,
  ZIP64_EXTRA,
  ZIP64_LOCATOR_SIGNATURE,
  ZIP64_LOCATOR_SIZE,
  type EntryRecord,
} from './zip-format.js';

/** Where the directory lies. */
export interface DirectoryPlace {
  entries: number;
  offset: number;
  size: number;
}

export interface DirectoryRecord extends EntryRecord {
  flags: number;
  nameLength: number;
}

const MAX_COMMENT = 0xffff;
const WINDOW = 1024 * 1024;

/** Finds the directory by the records at the archive's end. Errors `archive.not-a-zip`, `archive.cut-off`, `archive.directory-invalid` (corrupt). */
export async function findDirectory(source: RandomAccess): Promise<DirectoryPlace> {
  const length = Math.min(source.size, END_SIZE + MAX_COMMENT + ZIP64_LOCATOR_SIZE + ZIP64_END_SIZE);
  const start = source.size - length;
  const tail = await source.read(start, length);
  const end = endRecord(tail);
  if (end === undefined) throw await notAnArchive(source);

  const classic = {
    disks: [tail.readUInt16LE(end + 4), tail.readUInt16LE(end + 6)],
    here: tail.readUInt16LE(end + 8),
    entries: tail.readUInt16LE(end + 10),
    size: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
  const locator = end - ZIP64_LOCATOR_SIZE;
  const large = locator >= 0 && tail.readUInt32LE(locator) === ZIP64_LOCATOR_SIGNATURE;
  const directory = large ? await zip64Directory(source, tail, start, locator, classic) : { ...classic, endsAt: start + end };
  // Where zip64 records are, a number that fits may stand here too, or all ones.
  if (classic.here !== classic.entries || !classic.disks.every((disk) => disk === 0 || (large && disk === 0xffff))) {
    throw invalidDirectory('it is said to be one of several disks.');
  }

  const behind = directory.offset + directory.size;
  if (
    behind < directory.endsAt &&
    !(await hasSignature(source, 0, LOCAL_SIGNATURE)) &&
    (await hasSignature(source, directory.endsAt - directory.size, CENTRAL_SIGNATURE))
  ) {
    throw invalidDirectory(`${directory.endsAt - behind} bytes stand in front of the archive. Remove them.`);
  }
  if (behind !== directory.endsAt) throw invalidDirectory('its place and size do not fit the file.');
  if (directory.entries * CENTRAL_SIZE > directory.size) throw invalidDirectory('it is too short for the number of its entries.');
  return { entries: directory.entries, offset: directory.offset, size: directory.size };
}

function invalidDirectory(what: string): Error {
  return corrupt('directory-invalid', `The directory of the archive is damaged: ${what}`);
}

/** The last record whose comment ends where the file ends. */
function endRecord(tail: Buffer): number | undefined {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END_SIGNATURE);
  for (let at = tail.lastIndexOf(signature); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(signature, at - 1)) {
    if (at + END_SIZE <= tail.length && at + END_SIZE + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return undefined;
}

async function notAnArchive(source: RandomAccess): Promise<Error> {
  const head = await source.read(0, Math.min(512, source.size));
  if (source.size === 0) return corrupt('not-a-zip', 'The file is empty, not a ZIP archive.');
  if (head.length >= 4 && head.readUInt32LE(0) === LOCAL_SIGNATURE) {
    return corrupt('cut-off', 'The backup archive is cut off: its end is missing. Get the whole file and try again.');
  }
  const markup = /^\s*<(!doctype|html|\?xml)/i.test(head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''));
  return corrupt('not-a-zip', `The file is not a ZIP archive${markup ? ' but an HTML or XML page. Check the address that it came from.' : '.'}`);
}

async function zip64Directory(
  source: RandomAccess,
  tail: Buffer,
  start: number,
  locator: number,
  classic: { entries: number; size: number; offset: number },
): Promise<DirectoryPlace & { endsAt: number }> {
  const endsAt = safeNumber(tail, locator + 8);
  // Some writers count no disk at all.
  if (tail.readUInt32LE(locator + 4) !== 0 || tail.readUInt32LE(locator + 16) > 1) throw invalidDirectory('it is said to be one of several disks.');
  if (endsAt + ZIP64_END_SIZE > start + locator) throw invalidDirectory('its zip64 record does not lie where it is said to.');
  const record = await source.read(endsAt, ZIP64_END_SIZE);
  if (record.readUInt32LE(0) !== ZIP64_END_SIGNATURE) throw invalidDirectory('its zip64 record does not lie where it is said to.');
  if (endsAt + 12 + safeNumber(record, 4) !== start + locator) throw invalidDirectory('its zip64 record has a wrong size.');
  const entries = safeNumber(record, 32);
  const size = safeNumber(record, 40);
  const offset = safeNumber(record, 48);
  const sameOrFull = (small: number, full: number, value: number) => small === full || small === value;
  if (
    record.readUInt32LE(16) !== 0 ||
    record.readUInt32LE(20) !== 0 ||
    safeNumber(record, 24) !== entries ||
    !sameOrFull(classic.entries, 0xffff, entries) ||
    !sameOrFull(classic.size, 0xffffffff, size) ||
    !sameOrFull(classic.offset, 0xffffffff, offset)
  ) {
    throw invalidDirectory('its two end records contradict each other.');
  }
  return { entries, size, offset, endsAt };
}

async function hasSignature(source: RandomAccess, offset: number, signature: number): Promise<boolean> {
  return (await source.read(offset, 4)).readUInt32LE(0) === signature;
}

/**
 * Tells each record of the directory, in order; it is read through a window of 1 MiB. One at a time: thousands in a list would outlive the young
 * generation, and collecting them costs more than making them. What `tell` throws ends it. Errors `archive.directory-invalid`,
 * `archive.entry-invalid` (corrupt).
 */
export async function readDirectory(source: RandomAccess, place: DirectoryPlace, tell: (record: DirectoryRecord) => void): Promise<void> {
  let read = 0;
  let rest: Buffer = Buffer.alloc(0);
  let records = 0;
  while (read < place.size) {
    const length = Math.min(WINDOW, place.size - read);
    const window = Buffer.concat([rest, await source.read(place.offset + read, length)]);
    read += length;
    let at = 0;
    for (;;) {
      const recordSize = sizeOfRecord(window, at);
      if (recordSize === undefined || at + recordSize > window.length) break;
      if (++records > place.entries) throw invalidDirectory(`it has more entries than the ${place.entries} that it counts.`);
      tell(parseRecord(window, at));
      at += recordSize;
    }
    rest = window.subarray(at);
  }
  if (rest.length > 0) throw invalidDirectory('its last record is not complete.');
  if (records !== place.entries) throw invalidDirectory(`it has ${records} entries, but counts ${place.entries}.`);
}

function sizeOfRecord(window: Buffer, at: number): number | undefined {
  if (at + CENTRAL_SIZE > window.length) return undefined;
  if (window.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw invalidDirectory('a record does not begin where the one before it ends.');
  return CENTRAL_SIZE + window.readUInt16LE(at + 28) + window.readUInt16LE(at + 30) + window.readUInt16LE(at + 32);
}

function parseRecord(window: Buffer, at: number): DirectoryRecord {
  const nameLength = window.readUInt16LE(at + 28);
  const extraAt = at + CENTRAL_SIZE + nameLength;
  const name = decodeName(window, at + CENTRAL_SIZE, extraAt);
  const numbers = [window.readUInt32LE(at + 24), window.readUInt32LE(at + 20), window.readUInt32LE(at + 42)];
  const disk = window.readUInt16LE(at + 34);
  if (disk !== 0 && disk !== 0xffff) throw corrupt('entry-invalid', `The entry ${shownName(name)} is damaged: it is said to lie on another disk.`);
  const [size, compressedSize, offset] = withZip64(numbers, window.subarray(extraAt, extraAt + window.readUInt16LE(at + 30)), name);
  return {
    name,
    nameLength,
    flags: window.readUInt16LE(at + 8),
    method: window.readUInt16LE(at + 10),
    crc: window.readUInt32LE(at + 16),
    compressedSize: compressedSize!,
    size: size!,
    offset: offset!,
  };
}

/** Names are UTF-8, with or without the flag, as .NET reads them; what isn't UTF-8 is no name of ours in any case. */
export function decodeName(bytes: Buffer, from: number, to: number): string {
  const name = bytes.toString('utf8', from, to);
  // What stands for bytes that are no UTF-8, or for itself.
  return !name.includes('\ufffd') || isUtf8(bytes.subarray(from, to)) ? name : bytes.toString('latin1', from, to);
}

/** Numbers that stand in the zip64 field instead, in its fixed order: each one that is all ones. */
export function withZip64(numbers: readonly number[], extra: Buffer, name: string): readonly number[] {
  if (!numbers.includes(0xffffffff)) return numbers;
  for (let at = 0; at + 4 <= extra.length;) {
    const size = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_EXTRA && at + 4 + size <= extra.length) {
      const field = extra.subarray(at + 4, at + 4 + size);
      let next = 0;
      return numbers.map((number) => {
        if (number !== 0xffffffff) return number;
        if (next + 8 > field.length) throw corrupt('entry-invalid', `The entry ${shownName(name)} is damaged: its zip64 field is too short.`);
        next += 8;
        return safeNumber(field, next - 8);
      });
    }
    at += 4 + size;
  }
  return numbers;
}

function safeNumber(buffer: Buffer, at: number): number {
  const value = buffer.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidDirectory('a number in it is larger than any file.');
  return Number(value);
}
