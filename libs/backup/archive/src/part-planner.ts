import { RepriseError } from '@reprise/kernel';
import type { ArchivePiece, ObjectPiece } from './assemble.js';

/** A part of a multipart upload: a range that the store copies itself, or pieces that somebody streams to it. */
export type UploadPart = { copy: ObjectPiece } | { stream: ArchivePiece[]; length: number };

export interface PartLimits {
  /** Bytes that every part but the last has at least. */
  minPart: number;
  /** Bytes that a part has at most; several times `minPart`. */
  maxPart: number;
  maxParts: number;
}

/** What S3 allows. */
export const S3_LIMITS: PartLimits = { minPart: 5 * 1024 ** 2, maxPart: 5 * 1024 ** 3, maxParts: 10_000 };

/**
 * Parts for the pieces of an object, in order. What is large enough is copied, what is smaller is gathered until it makes a part. Where
 * there would be too many parts, they are made larger. Error `archive.too-many-parts` (limit).
 */
export function planParts(pieces: readonly ArchivePiece[], limits: PartLimits = S3_LIMITS): UploadPart[] {
  for (let least = limits.minPart; ; least *= 2) {
    // A gathered part has less than four times the least.
    if (least > limits.minPart && least * 4 > limits.maxPart) {
      throw new RepriseError(
        'limit',
        'archive.too-many-parts',
        `The archive is too large for the object store: it would need more than ${limits.maxParts} parts.`,
      );
    }
    const parts = new Planner(least, limits.maxPart).plan(pieces);
    if (parts.length <= limits.maxParts) return parts;
  }
}

export function lengthOf(piece: ArchivePiece): number {
  return 'bytes' in piece ? piece.bytes.length : piece.length;
}

class Planner {
  private readonly parts: UploadPart[] = [];
  private gathered: ArchivePiece[] = [];
  private length = 0;

  constructor(
    private readonly least: number,
    private readonly most: number,
  ) {}

  plan(pieces: readonly ArchivePiece[]): UploadPart[] {
    for (const piece of pieces) {
      if (lengthOf(piece) > 0) this.add(piece);
    }
    this.flush();
    return this.parts;
  }

  private add(piece: ArchivePiece): void {
    if ('bytes' in piece) {
      for (let start = 0; start < piece.bytes.length; start += this.least) this.gather({ bytes: piece.bytes.subarray(start, start + this.least) });
      return;
    }
    // What was gathered before takes as much of the object as makes it a part of its own.
    const missing = this.length === 0 ? 0 : this.least - this.length;
    if (piece.length < missing + this.least) {
      this.gather(piece);
      return;
    }
    if (missing > 0) this.gather({ ...piece, length: missing });
    this.copy({ ...piece, start: piece.start + missing, length: piece.length - missing });
  }

  /** Never holds as much as `least` afterwards. */
  private gather(piece: ArchivePiece): void {
    this.gathered.push(piece);
    this.length += lengthOf(piece);
    if (this.length >= this.least) this.flush();
  }

  private copy(piece: ObjectPiece): void {
    const count = Math.ceil(piece.length / this.most);
    const share = Math.ceil(piece.length / count);
    for (let done = 0; done < piece.length; done += share) {
      this.parts.push({ copy: { ...piece, start: piece.start + done, length: Math.min(share, piece.length - done) } });
    }
  }

  private flush(): void {
    if (this.length > 0) this.parts.push({ stream: this.gathered, length: this.length });
    this.gathered = [];
    this.length = 0;
  }
}
