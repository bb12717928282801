import { RepriseError } from '@reprise/kernel';
import type { ObjectStore } from './object-store.js';

/** Bytes of a composed object: at hand, or of an object. */
export type Piece<From = ObjectStore> = { bytes: Uint8Array } | ObjectPiece<From>;
export interface ObjectPiece<From = ObjectStore> {
  from: From;
  key: string;
  start: number;
  length: number;
}

/** A part of a multipart upload: a range that the store copies itself, or pieces that somebody streams to it. */
export type UploadPart<From = ObjectStore> = { copy: ObjectPiece<From> } | { stream: Piece<From>[]; length: number };

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
 * Parts for the pieces of an object, in order. What is large enough and in a store that `copies`, is copied; all else is gathered until it makes a
 * part. Where there would be too many parts, they are made larger. Error `objects.too-many-parts` (limit).
 */
export function planParts<From>(pieces: readonly Piece<From>[], copies: (from: From) => boolean, limits: PartLimits = S3_LIMITS): UploadPart<From>[] {
  for (let least = limits.minPart; ; least *= 2) {
    // A gathered part has less than four times the least.
    if (least > limits.minPart && least * 4 > limits.maxPart) {
      throw new RepriseError('limit', 'objects.too-many-parts', `The object is too large for its store: it would need more than ${limits.maxParts} parts.`);
    }
    const parts = new Planner(copies, least, limits.maxPart).plan(pieces);
    if (parts.length <= limits.maxParts) return parts;
  }
}

export function lengthOf(piece: Piece<unknown>): number {
  return 'bytes' in piece ? piece.bytes.length : piece.length;
}

class Planner<From> {
  private readonly parts: UploadPart<From>[] = [];
  private gathered: Piece<From>[] = [];
  private length = 0;

  constructor(
    private readonly copies: (from: From) => boolean,
    private readonly least: number,
    private readonly most: number,
  ) {}

  plan(pieces: readonly Piece<From>[]): UploadPart<From>[] {
    for (const piece of joined(pieces)) this.add(piece);
    this.flush();
    return this.parts;
  }

  private add(piece: Piece<From>): void {
    if ('bytes' in piece || !this.copies(piece.from)) {
      for (let start = 0; start < lengthOf(piece); start += this.least) this.gather(slice(piece, start, this.least));
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
  private gather(piece: Piece<From>): void {
    this.gathered.push(piece);
    this.length += lengthOf(piece);
    if (this.length >= this.least) this.flush();
  }

  private copy(piece: ObjectPiece<From>): void {
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

/** Neighbours that are one run of an object are one piece: together they may be large enough to be copied. */
function joined<From>(pieces: readonly Piece<From>[]): Piece<From>[] {
  const result: Piece<From>[] = [];
  for (const piece of pieces) {
    if (lengthOf(piece) === 0) continue;
    const last = result.at(-1);
    if (last && 'from' in last && 'from' in piece && last.from === piece.from && last.key === piece.key && last.start + last.length === piece.start) {
      result[result.length - 1] = { ...last, length: last.length + piece.length };
    } else {
      result.push(piece);
    }
  }
  return result;
}

function slice<From>(piece: Piece<From>, start: number, atMost: number): Piece<From> {
  if ('bytes' in piece) return { bytes: piece.bytes.subarray(start, start + atMost) };
  return { ...piece, start: piece.start + start, length: Math.min(atMost, piece.length - start) };
}
