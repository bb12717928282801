import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { packEvents, type PackedEvents } from '@reprise/event-store-core';
import type { ArchivedEvent } from './event-types.js';

/** Digest of a folder of up to 1,000 event files: SHA-256 over their bytes, in the order of their numbers. */
export interface FolderDigest {
  /** `events/{n}` */
  name: string;
  sha256: string;
  /** Bytes of its event files, uncompressed. */
  size: number;
  count: number;
}

/** Digest of the file of one asset event. */
export interface AssetDigest {
  position: number;
  /** Path of the entry. Where paths repeat, digests and entries stand in the same order. */
  name: string;
  sha256: string;
  size: number;
  /** The file is lost, and the entry therefore empty. */
  missing?: boolean;
}

/** Digest of any other attachment. */
export interface AttachmentDigest {
  /** Path of the entry. */
  name: string;
  sha256: string;
  size: number;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Size, CRC-32 and SHA-256 (hex) of a stream's bytes, e.g. of a large asset before it is taken into an archive. */
export async function digestOf(source: AsyncIterable<Uint8Array>): Promise<{ size: number; crc: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  let crc = 0;
  for await (const chunk of source) {
    size += chunk.length;
    crc = crc32(chunk, crc);
    hash.update(chunk);
  }
  return { size, crc, sha256: hash.digest('hex') };
}

/** SHA-256 over rows of a log in the order of positions: equal for what a restore made and what is read back if not a character differs. */
export class RowsDigest {
  private readonly texts = createHash('sha256');
  /** Holds the lengths, so that no text can move from one column to the next. */
  private readonly numbers = createHash('sha256');

  /** However many at a time. */
  add(events: PackedEvents): void {
    this.texts.update(events.texts);
    this.numbers.update(events.numbers);
  }

  hex(): string {
    return sha256(Buffer.concat([this.texts.copy().digest(), this.numbers.copy().digest()]));
  }
}

/** SHA-256 of one row. Ids and times stand in its headers, so that no other event has the same. */
export function rowDigest(event: ArchivedEvent): string {
  const digest = new RowsDigest();
  digest.add(packEvents([event]));
  return digest.hex();
}
