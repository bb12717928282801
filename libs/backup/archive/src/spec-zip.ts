/** For the specs of this library only: a ZIP of any entries, whole and well formed as our writer makes it, to be changed by the spec. */
import { encodeEntry } from './deflate.js';
import { centralHeader } from './testing/central-header.js';
import { endRecords, localHeader, ZIP64_LIMITS } from './zip-format.js';

export interface PackedEntry {
  name: string;
  content: Uint8Array;
  /** What stands in the archive as its deflated data. */
  data?: Uint8Array;
}

export function pack(entries: readonly PackedEntry[], limits = ZIP64_LIMITS): Buffer {
  const chunks: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const encoded = encodeEntry(entry.name, entry.content, { time: 0 });
    const data = entry.data ?? encoded.data;
    const record = { ...encoded.record, ...(entry.data ? { method: 8 } : {}), compressedSize: data.length };
    const header = localHeader(record, 0);
    chunks.push(header, data);
    directory.push(centralHeader({ ...record, offset }, 0));
    offset += header.length + data.length;
  }
  const records = Buffer.concat(directory);
  return Buffer.concat([...chunks, records, endRecords({ entries: entries.length, offset, size: records.length }, limits)]);
}
