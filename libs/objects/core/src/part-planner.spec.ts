import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lengthOf, planParts, S3_LIMITS } from './index.js';
import type { PartLimits, Piece as AnyPiece, UploadPart as AnyPart } from './index.js';

/** One that copies, and one that can only be read. */
type Store = 'near' | 'far';
type Piece = AnyPiece<Store>;
type UploadPart = AnyPart<Store>;

const plan = (pieces: readonly Piece[], limits?: PartLimits) => planParts(pieces, (from) => from === 'near', limits);
const piecesOf = (part: UploadPart): Piece[] => ('copy' in part ? [part.copy] : part.stream);
const sizeOf = (part: UploadPart): number => piecesOf(part).reduce((sum, piece) => sum + lengthOf(piece), 0);

/** The pieces as runs of bytes: neighbours of one object joined again. */
function runs(pieces: readonly Piece[]): string[] {
  const joined: { id: string; start: number; end: number }[] = [];
  for (const piece of pieces) {
    if (lengthOf(piece) === 0) continue;
    if ('bytes' in piece) {
      for (const byte of piece.bytes) joined.push({ id: `byte ${byte}`, start: 0, end: 1 });
      continue;
    }
    const last = joined.at(-1);
    const id = `${piece.from} ${piece.key}`;
    if (last?.id === id && last.end === piece.start) last.end += piece.length;
    else joined.push({ id, start: piece.start, end: piece.start + piece.length });
  }
  return joined.map(({ id, start, end }) => `${id} ${start}-${end}`);
}

const limits = { minPart: 10, maxPart: 100, maxParts: 1_000 };
const anyPieces = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.record({ start: fc.nat(50), length: fc.nat(450), from: fc.constantFrom<Store>('near', 'far') })), {
    maxLength: 60,
  })
  .map((items) => items.map((item, i): Piece => (item instanceof Uint8Array ? { bytes: item } : { key: `o${i}`, ...item })));

it('parts hold all bytes in order, and no part is smaller or larger than the store allows', () => {
  fc.assert(
    fc.property(anyPieces, (pieces) => {
      const parts = plan(pieces, limits);
      expect(runs(parts.flatMap(piecesOf))).toEqual(runs(pieces));
      parts.forEach((part, i) => {
        expect(sizeOf(part)).toBeLessThanOrEqual(limits.maxPart);
        if (i < parts.length - 1) expect(sizeOf(part)).toBeGreaterThanOrEqual(limits.minPart);
        if ('stream' in part) expect(part.length).toBe(sizeOf(part));
      });
    }),
  );
});

it('however few parts are allowed, there are no more: or the archive is refused', () => {
  fc.assert(
    fc.property(anyPieces, fc.integer({ min: 1, max: 12 }), (pieces, maxParts) => {
      let parts: UploadPart[];
      try {
        parts = plan(pieces, { ...limits, maxParts });
      } catch (error) {
        expect(error).toMatchObject({ kind: 'limit', code: 'objects.too-many-parts' });
        return;
      }
      expect(parts.length).toBeLessThanOrEqual(maxParts);
      expect(runs(parts.flatMap(piecesOf))).toEqual(runs(pieces));
      for (const part of parts) expect(sizeOf(part)).toBeLessThanOrEqual(limits.maxPart);
      for (const part of parts.slice(0, -1)) expect(sizeOf(part)).toBeGreaterThanOrEqual(limits.minPart);
    }),
  );
});

it('what is large enough is copied, but for what its neighbours before it need', () => {
  const object = (key: string, length: number): Piece => ({ from: 'near', key, start: 0, length });
  expect(plan([{ bytes: new Uint8Array(4) }, object('a', 30), object('b', 250), object('c', 3)], limits)).toEqual([
    { stream: [{ bytes: new Uint8Array(4) }, { ...object('a', 6) }], length: 10 },
    { copy: { from: 'near', key: 'a', start: 6, length: 24 } },
    { copy: { from: 'near', key: 'b', start: 0, length: 84 } },
    { copy: { from: 'near', key: 'b', start: 84, length: 84 } },
    { copy: { from: 'near', key: 'b', start: 168, length: 82 } },
    { stream: [object('c', 3)], length: 3 },
  ]);
});

it('of an object that the store copies, less than a part stays behind at each end', () => {
  fc.assert(
    fc.property(anyPieces, (pieces) => {
      const copied = plan(pieces, limits).flatMap((part) => ('copy' in part ? [part.copy] : []));
      expect(copied.every(({ from }) => from === 'near')).toBe(true);
      for (const piece of pieces) {
        if ('bytes' in piece || piece.from === 'far') continue;
        const sum = copied.filter(({ key }) => key === piece.key).reduce((total, { length }) => total + length, 0);
        if (piece.length >= 2 * limits.minPart) expect(piece.length - sum).toBeLessThan(limits.minPart);
      }
    }),
  );
});

it('neighbours that are one run of an object are copied as one', () => {
  const runOf = (start: number): Piece => ({ from: 'near', key: 'a', start, length: 6 });
  expect(plan([runOf(0), runOf(6), runOf(12)], limits)).toEqual([{ copy: { from: 'near', key: 'a', start: 0, length: 18 } }]);
});

it('there are never more parts than allowed: they become larger', () => {
  const pieces = Array.from({ length: 200 }, (_, i): Piece => ({ from: 'near', key: `k${i}`, start: 0, length: 12 }));
  const parts = plan(pieces, { minPart: 10, maxPart: 1_000, maxParts: 50 });
  expect(parts.length).toBeLessThanOrEqual(50);
  expect(runs(parts.flatMap(piecesOf))).toEqual(runs(pieces));
  expect(() => plan(pieces, { minPart: 10, maxPart: 50, maxParts: 5 })).toThrow(/too large/);
  const huge = plan([{ from: 'near', key: 'k', start: 0, length: 4 * 1024 ** 4 }], S3_LIMITS);
  expect(huge.every((part) => sizeOf(part) <= S3_LIMITS.maxPart)).toBe(true);
});
