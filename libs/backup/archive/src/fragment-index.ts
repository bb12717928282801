import { corrupt } from './errors.js';
import type { AssetDigest, FolderDigest } from './digests.js';
import { eventNumberOf, eventPath } from './layout.js';
import type { EntryRecord } from './zip-format.js';

/**
 * What a fragment's bytes in an archive are made of, in order: the next bytes of the fragment's own object, or a whole object of the asset
 * store (large files are in no fragment).
 */
export type FragmentPiece = { length: number } | { external: string; length: number };

/** What is known of a fragment; lies beside it as `{fragmentKey}.index`. */
export interface FragmentIndex {
  /** Offsets are within the fragment as it stands in an archive, external objects included. */
  entries: EntryRecord[];
  pieces: FragmentPiece[];
  /** Date and time of its entries, as ZIP has them. */
  time: number;
  /** Size of the fragment's own object. */
  bytes: number;
  /** Size in an archive, external objects included. */
  length: number;
  events: number;
  assets: number;
  /** Events by type. */
  types: Record<string, number>;
  /** Ids of users who are actors or were assigned as contributors, in order of first appearance. */
  users: string[];
  folders: FolderDigest[];
  assetDigests: AssetDigest[];
  warnings: string[];
}

const FORMAT = 1;
type Row = [name: string | number, method: number, crc: number, compressedSize: number, size: number, offset: number];

export function encodeFragmentIndex(index: FragmentIndex): Buffer {
  const { entries, ...summary } = index;
  const rows = entries.map(({ name, method, crc, compressedSize, size, offset }): Row => [
    eventNumberOf(name) ?? name,
    method,
    crc,
    compressedSize,
    size,
    offset,
  ]);
  return Buffer.from(JSON.stringify({ format: FORMAT, summary, rows }));
}

/** Error `archive.fragment-index-invalid` (corrupt): the file is damaged or of another version; make the segment again. */
export function decodeFragmentIndex(bytes: Uint8Array): FragmentIndex {
  let parsed: { format: number; summary: Omit<FragmentIndex, 'entries'>; rows: Row[] } | undefined;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as typeof parsed;
  } catch (error) {
    throw corrupt('fragment-index-invalid', 'The index of a fragment is damaged. The segment has to be made again.', error);
  }
  if (parsed?.format !== FORMAT) throw corrupt('fragment-index-invalid', 'The index of a fragment is of another version. The segment has to be made again.');
  return {
    ...parsed.summary,
    entries: parsed.rows.map(([name, method, crc, compressedSize, size, offset]) => ({
      name: typeof name === 'number' ? eventPath(name) : name,
      method,
      crc,
      compressedSize,
      size,
      offset,
    })),
  };
}
