import { createHash, type Hash } from 'node:crypto';
import { release } from '@reprise/kernel';
import type { FolderDigest } from './digests.js';
import { eventFolder } from './layout.js';

/** Some consecutive event files of a folder: their digest if they are all of it, else their bytes. */
export interface FolderPart {
  /** Number of the first. */
  first: number;
  count: number;
  /** Plain bytes. */
  size: number;
  /** The folder's last file is among them. */
  ends: boolean;
  sha256?: string | undefined;
  plain?: Uint8Array | undefined;
}

/** Digests of folders whose files come in one part or in several, in order. Plain bytes are given back once they are in the digest. */
export class FolderDigests {
  private open: { hash: Hash; size: number; count: number } | undefined;

  /** The folder's digest, with its last part. */
  add({ first, count, size, ends, sha256, plain }: FolderPart): FolderDigest | undefined {
    const name = eventFolder(first);
    if (sha256 !== undefined) return { name, sha256, size, count };
    const open = (this.open ??= { hash: createHash('sha256'), size: 0, count: 0 });
    open.hash.update(plain!);
    release(plain!);
    open.size += size;
    open.count += count;
    if (!ends) return undefined;
    this.open = undefined;
    return { name, sha256: open.hash.digest('hex'), size: open.size, count: open.count };
  }
}
