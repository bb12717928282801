import { corrupt } from './errors.js';
import { sha256, type AssetDigest, type FolderDigest } from './digests.js';
import { eventNumberOf, eventPath } from './layout.js';
import type { EntryRecord } from './zip-format.js';

/**
 * What a fragment's bytes in an archive are made of, in order: the next of the fragment's own bytes, or a whole object of the asset
 * store (large files are in no fragment), with its SHA-256.
 */
export type FragmentPiece = { length: number } | { external: string; length: number; sha256: string };

/** Where the index of the fragment at `key` lies. */
export function indexKey(key: string): string {
  return `${key}.index`;
}

/** The entries of a fragment, which may be made anew each time they are gone through. */
export type FragmentEntries = Iterable<EntryRecord> & { readonly length: number };

/** What is known of a fragment; lies beside it, see {@link indexKey}. */
export interface FragmentIndex {
  /** Offsets are within the fragment as it stands in an archive, external objects included. */
  entries: FragmentEntries;
  pieces: FragmentPiece[];
  /** Date and time of its entries, as ZIP has them. */
  time: number;
  /** The fragment's own bytes. */
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

/** By which a fragment that was kept is known to be whole, and to be of the log as it is. */
export interface FragmentProof {
  /** SHA-256 of the fragment's own bytes. */
  sha256: string;
  /** Digest of the event at the end of the fragment's range, as {@link rowDigest} makes it. */
  lastEvent: string;
}

/** A fragment that lies in the store: all but its entries. */
export type StoredFragment = Omit<FragmentIndex, 'entries'> & FragmentProof;

/**
 * Goes up with every change of what is in a fragment or its index, and of the ranges that fragments are made of: those of another format are never
 * taken over.
 */
export const FRAGMENT_FORMAT = 3;

/** A row: method, CRC-32, compressed size, size, offset. Large files are larger than 32 bits can say. */
const ROW_BYTES = 29;

/** Two lines, the SHA-256 of all that follows and what concerns all of the fragment, and rows of the entries: there are thousands. */
export function encodeFragmentIndex({ entries, ...summary }: FragmentIndex, proof: FragmentProof): Buffer {
  const line = Buffer.from(`${JSON.stringify({ format: FRAGMENT_FORMAT, names: namesOf(entries), ...summary, ...proof })}\n`);
  const body = Buffer.allocUnsafe(line.length + entries.length * ROW_BYTES);
  line.copy(body);
  let at = line.length;
  for (const { method, crc, compressedSize, size, offset } of entries) {
    at = body.writeUInt8(method, at);
    at = body.writeUInt32LE(crc, at);
    for (const number of [compressedSize, size, offset]) at = body.writeDoubleLE(number, at);
  }
  return Buffer.concat([Buffer.from(`${sha256(body)}\n`), body]);
}

/** Keeps the bytes, which must stay as they are. Error `archive.fragment-index-invalid` (corrupt): the file is damaged or of another version; make the segment again. */
export function decodeFragmentIndex(bytes: Uint8Array): FragmentIndex & FragmentProof {
  const { line, rows } = partsOf(bytes);
  const { names, stored } = decodeSummary(line);
  return { ...stored, entries: entriesIn(rows, names) };
}

/** Made one at a time: thousands would only fill memory. */
function entriesIn(rows: Buffer, names: Names): FragmentEntries {
  const length = rows.length / ROW_BYTES;
  return {
    length,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) {
        const at = i * ROW_BYTES;
        yield {
          name: typeof names === 'number' ? eventPath(names + i) : names[i]!,
          method: rows.readUInt8(at),
          crc: rows.readUInt32LE(at + 1),
          compressedSize: rows.readDoubleLE(at + 5),
          size: rows.readDoubleLE(at + 13),
          offset: rows.readDoubleLE(at + 21),
        };
      }
    },
  };
}

/** As {@link decodeFragmentIndex}, but for the entries: keeps nothing of the bytes. */
export function decodeStoredFragment(bytes: Uint8Array): StoredFragment {
  return decodeSummary(partsOf(bytes).line).stored;
}

/** Names of event files follow from the first one's number. */
type Names = number | string[];

function namesOf(entries: FragmentEntries): Names {
  const names = Array.from(entries, ({ name }) => name);
  const first = names[0] === undefined ? undefined : eventNumberOf(names[0]);
  const consecutive = first !== undefined && names.every((name, index) => name === eventPath(first + index));
  return consecutive ? first : names;
}

function partsOf(bytes: Uint8Array): { line: string; rows: Buffer } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = buffer.indexOf('\n') + 1;
  if (start === 0 || buffer.toString('latin1', 0, start - 1) !== sha256(buffer.subarray(start))) {
    throw corrupt('fragment-index-invalid', 'The index of a fragment is damaged. The segment has to be made again.');
  }
  const end = buffer.indexOf('\n', start);
  return { line: buffer.toString('utf8', start, end), rows: buffer.subarray(end + 1) };
}

function decodeSummary(line: string): { names: Names; stored: StoredFragment } {
  const { format, names, ...stored } = JSON.parse(line) as { format: number; names: Names } & StoredFragment;
  if (format !== FRAGMENT_FORMAT) throw corrupt('fragment-index-invalid', 'The index of a fragment is of another version. The segment has to be made again.');
  return { names, stored };
}
