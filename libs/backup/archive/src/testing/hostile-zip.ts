import { crc32, deflateRawSync } from 'node:zlib';
import { streamEntry } from '../inflate.js';
import { bufferAccess } from '../random-access.js';
import { collect } from '../spec-fixtures.js';
import { findDirectory, readDirectory } from '../zip-directory.js';
import { endRecords, localHeader, type EntryRecord } from '../zip-format.js';
import { centralHeader } from './central-header.js';

export interface HostileEntry {
  name: string;
  content?: string | Uint8Array;
  /** What local header and directory say instead of the truth. */
  local?: Partial<EntryRecord>;
  central?: Partial<EntryRecord>;
  /** Stands there in place of the deflated content. */
  data?: Buffer;
  flags?: number;
  /** External attributes in the directory, e.g. those of a symbolic link. */
  attributes?: number;
}

/** A ZIP as somebody with bad intentions writes it. */
export function hostileZip(entries: readonly HostileEntry[], end: Partial<{ entries: number; offset: number; size: number }> = {}): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '{}', local, central, data, flags, attributes } of entries) {
    const plain = Buffer.from(content);
    const deflated = data ?? deflateRawSync(plain);
    const record = { name, method: 8, crc: crc32(plain), compressedSize: deflated.length, size: plain.length, offset };
    const header = localHeader({ ...record, ...local }, 0);
    const listed = centralHeader({ ...record, ...central }, 0);
    if (flags) listed.writeUInt16LE(flags, 8);
    if (attributes) listed.writeUInt32LE(attributes, 38);
    chunks.push(header, deflated);
    directory.push(listed);
    offset += header.length + deflated.length;
  }
  const records = Buffer.concat(directory);
  return Buffer.concat([...chunks, records, endRecords({ entries: entries.length, offset, size: records.length, ...end })]);
}

/** All entries of an undamaged archive, in its order; `hostileZip` packs them again. */
export async function unzipped(archive: Buffer): Promise<{ name: string; content: Buffer }[]> {
  const source = bufferAccess(archive);
  const records: EntryRecord[] = [];
  await readDirectory(source, await findDirectory(source), (record) => records.push(record));
  const entries: { name: string; content: Buffer }[] = [];
  for (const record of records) entries.push({ name: record.name, content: Buffer.concat(await collect(streamEntry(source, record))) });
  return entries;
}
