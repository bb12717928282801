import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lengthOf, planParts, S3_LIMITS, type ArchivePiece, type UploadPart } from './index.js';

const piecesOf = (part: UploadPart): ArchivePiece[] => ('copy' in part ? [part.copy] : part.stream);
const sizeOf = (part: UploadPart): number => piecesOf(part).reduce((sum, piece) => sum + lengthOf(piece), 0);

/** The pieces as runs of bytes: neighbours of one object joined again. */
function runs(pieces: readonly ArchivePiece[]): string[] {
  const joined: { id: string; start: number; end: number }[] = [];
  for (const piece of pieces) {
    if (lengthOf(piece) === 0) continue;
    if ('bytes' in piece) {
      for (const byte of piece.bytes) joined.push({ id: `byte ${byte}`, start: 0, end: 1 });
      continue;
    }
    const last = joined.at(-1);
    if (last?.id === piece.key && last.end === piece.start) last.end += piece.length;
    else joined.push({ id: piece.key, start: piece.start, end: piece.start + piece.length });
  }
  return joined.map(({ id, start, end }) => `${id} ${start}-${end}`);
}

const limits = { minPart: 10, maxPart: 100, maxParts: 1_000 };
const anyPieces = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.record({ start: fc.nat(50), length: fc.nat(450) })), { maxLength: 60 })
  .map((items) => items.map((item, i): ArchivePiece => (item instanceof Uint8Array ? { bytes: item } : { store: 'archives', key: `o${i}`, ...item })));

it('parts hold all bytes in order, and no part is smaller or larger than the store allows', () => {
  fc.assert(
    fc.property(anyPieces, (pieces) => {
      const parts = planParts(pieces, limits);
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
        parts = planParts(pieces, { ...limits, maxParts });
      } catch (error) {
        expect(error).toMatchObject({ kind: 'limit', code: 'archive.too-many-parts' });
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
  const object = (key: string, length: number): ArchivePiece => ({ store: 'archives', key, start: 0, length });
  expect(planParts([{ bytes: new Uint8Array(4) }, object('a', 30), object('b', 250), object('c', 3)], limits)).toEqual([
    { stream: [{ bytes: new Uint8Array(4) }, { ...object('a', 6) }], length: 10 },
    { copy: { store: 'archives', key: 'a', start: 6, length: 24 } },
    { copy: { store: 'archives', key: 'b', start: 0, length: 84 } },
    { copy: { store: 'archives', key: 'b', start: 84, length: 84 } },
    { copy: { store: 'archives', key: 'b', start: 168, length: 82 } },
    { stream: [object('c', 3)], length: 3 },
  ]);
});

it('there are never more parts than allowed: they become larger', () => {
  const pieces = Array.from({ length: 200 }, (_, i): ArchivePiece => ({ store: 'assets', key: `k${i}`, start: 0, length: 12 }));
  const parts = planParts(pieces, { minPart: 10, maxPart: 1_000, maxParts: 50 });
  expect(parts.length).toBeLessThanOrEqual(50);
  expect(runs(parts.flatMap(piecesOf))).toEqual(runs(pieces));
  expect(() => planParts(pieces, { minPart: 10, maxPart: 50, maxParts: 5 })).toThrow(/too large/);
  const huge = planParts([{ store: 'assets', key: 'k', start: 0, length: 4 * 1024 ** 4 }], S3_LIMITS);
  expect(huge.every((part) => sizeOf(part) <= S3_LIMITS.maxPart)).toBe(true);
});
