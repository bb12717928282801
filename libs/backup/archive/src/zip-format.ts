/** The ZIP records that we write: sizes known beforehand, no data descriptors, zip64 only where a number doesn't fit, as .NET does it. */

export const LOCAL_SIGNATURE = 0x04034b50;
export const CENTRAL_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const ZIP64_END_SIGNATURE = 0x06064b50;
export const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
export const LOCAL_SIZE = 30;
export const CENTRAL_SIZE = 46;
export const END_SIZE = 22;
export const ZIP64_END_SIZE = 56;
export const ZIP64_LOCATOR_SIZE = 20;
export const STORED = 0;
export const DEFLATED = 8;
export const FLAG_ENCRYPTED = 0x0001;
export const FLAG_DESCRIPTOR = 0x0008;
export const FLAG_STRONG_ENCRYPTION = 0x0040;
export const FLAG_UTF8 = 0x0800;
export const FLAG_MASKED_DIRECTORY = 0x2000;
export const ZIP64_EXTRA = 0x0001;

/** One entry of an archive. `offset` is that of its local header. */
export interface EntryRecord {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  offset: number;
}

/** From these numbers on zip64 is used; tests lower them. */
export interface Zip64Limits {
  /** Sizes and offsets. */
  bytes: number;
  entries: number;
}
export const ZIP64_LIMITS: Zip64Limits = { bytes: 0xffffffff, entries: 0xffff };

const UNIX_3_0 = (3 << 8) | 20;
/** A regular file, rw-r--r--. */
const ATTRIBUTES = 0x81a40000;

/** Date and time as ZIP has them (two seconds' precision, 1980 to 2107), of the UTC date: date in the upper half. */
export function dosTime(date: Date): number {
  const year = Math.min(Math.max(date.getUTCFullYear(), 1980), 2107);
  const day = ((year - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}

/** Names are UTF-8, which is told where they aren't ASCII. */
function nameOf({ name }: Pick<EntryRecord, 'name'>): { nameLength: number; flags: number } {
  const nameLength = Buffer.byteLength(name);
  return { nameLength, flags: nameLength === name.length ? 0 : FLAG_UTF8 };
}

interface Common {
  time: number;
  flags: number;
  /** Sizes stand in the zip64 field. */
  large: boolean;
  nameLength: number;
  extraLength: number;
}

/** The fields that an entry's two headers have in common, in one order: from the version that a reader needs to the lengths. */
function writeCommon(header: Buffer, at: number, entry: Omit<EntryRecord, 'offset'>, { time, flags, large, nameLength, extraLength }: Common): void {
  header.writeUInt16LE(extraLength > 0 ? 45 : 20, at);
  header.writeUInt16LE(flags, at + 2);
  header.writeUInt16LE(entry.method, at + 4);
  header.writeUInt32LE(time, at + 6);
  header.writeUInt32LE(entry.crc, at + 10);
  header.writeUInt32LE(large ? 0xffffffff : entry.compressedSize, at + 14);
  header.writeUInt32LE(large ? 0xffffffff : entry.size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
  header.writeUInt16LE(extraLength, at + 24);
}

/** What stands in front of an entry's data. */
export function localHeader(entry: Omit<EntryRecord, 'offset'>, time: number, limits: Zip64Limits = ZIP64_LIMITS): Buffer {
  const { nameLength, flags } = nameOf(entry);
  const large = entry.size >= limits.bytes || entry.compressedSize >= limits.bytes;
  // Every byte is written below.
  const header = Buffer.allocUnsafe(LOCAL_SIZE + nameLength + (large ? 20 : 0));
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  writeCommon(header, 4, entry, { time, flags, large, nameLength, extraLength: large ? 20 : 0 });
  header.write(entry.name, LOCAL_SIZE);
  if (large) writeZip64(header, LOCAL_SIZE + nameLength, [entry.size, entry.compressedSize]);
  return header;
}

/** The most that an entry's record in the directory takes: with the longest name that its length can tell, and all numbers in zip64. */
export const LARGEST_CENTRAL = CENTRAL_SIZE + 0xffff + 4 + 3 * 8;

/** Writes the entry's record in the directory from `at` on, every byte of it, and answers where it ends. It needs room for {@link LARGEST_CENTRAL}. */
export function writeCentralHeader(into: Buffer, at: number, entry: EntryRecord, time: number, limits: Zip64Limits = ZIP64_LIMITS): number {
  const { nameLength, flags } = nameOf(entry);
  const large = entry.size >= limits.bytes || entry.compressedSize >= limits.bytes;
  const far = entry.offset >= limits.bytes;
  const extraLength = large || far ? 4 + (large ? 16 : 0) + (far ? 8 : 0) : 0;
  const extraAt = at + CENTRAL_SIZE + nameLength;
  into.writeUInt32LE(CENTRAL_SIGNATURE, at);
  into.writeUInt16LE(extraLength ? (3 << 8) | 45 : UNIX_3_0, at + 4);
  writeCommon(into, at + 6, entry, { time, flags, large, nameLength, extraLength });
  // No comment, the first disk, no internal attributes.
  into.writeUInt32LE(0, at + 32);
  into.writeUInt16LE(0, at + 36);
  into.writeUInt32LE(ATTRIBUTES, at + 38);
  into.writeUInt32LE(far ? 0xffffffff : entry.offset, at + 42);
  into.write(entry.name, at + CENTRAL_SIZE);
  if (extraLength) writeZip64(into, extraAt, [...(large ? [entry.size, entry.compressedSize] : []), ...(far ? [entry.offset] : [])]);
  return extraAt + extraLength;
}

/** What ends an archive; with the zip64 records where the numbers ask for it. */
export function endRecords(directory: { entries: number; offset: number; size: number }, limits: Zip64Limits = ZIP64_LIMITS): Buffer {
  const { entries, offset, size } = directory;
  const large = entries >= limits.entries || offset >= limits.bytes || size >= limits.bytes;
  const end = Buffer.alloc(END_SIZE);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(large ? 0xffff : entries, 8);
  end.writeUInt16LE(large ? 0xffff : entries, 10);
  end.writeUInt32LE(large ? 0xffffffff : size, 12);
  end.writeUInt32LE(large ? 0xffffffff : offset, 16);
  if (!large) return end;

  const zip64 = Buffer.alloc(ZIP64_END_SIZE + ZIP64_LOCATOR_SIZE);
  zip64.writeUInt32LE(ZIP64_END_SIGNATURE, 0);
  zip64.writeBigUInt64LE(BigInt(ZIP64_END_SIZE - 12), 4);
  zip64.writeUInt16LE((3 << 8) | 45, 12);
  zip64.writeUInt16LE(45, 14);
  zip64.writeBigUInt64LE(BigInt(entries), 24);
  zip64.writeBigUInt64LE(BigInt(entries), 32);
  zip64.writeBigUInt64LE(BigInt(size), 40);
  zip64.writeBigUInt64LE(BigInt(offset), 48);
  zip64.writeUInt32LE(ZIP64_LOCATOR_SIGNATURE, ZIP64_END_SIZE);
  zip64.writeBigUInt64LE(BigInt(offset + size), ZIP64_END_SIZE + 8);
  zip64.writeUInt32LE(1, ZIP64_END_SIZE + 16);
  return Buffer.concat([zip64, end]);
}

function writeZip64(buffer: Buffer, at: number, numbers: readonly number[]): void {
  buffer.writeUInt16LE(ZIP64_EXTRA, at);
  buffer.writeUInt16LE(8 * numbers.length, at + 2);
  numbers.forEach((number, i) => buffer.writeBigUInt64LE(BigInt(number), at + 4 + 8 * i));
}
