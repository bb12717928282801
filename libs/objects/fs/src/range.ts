import type { ByteRange } from '@reprise/objects-core';
import { RepriseError } from '@reprise/kernel';

/** The part of the object that the range names, cut at the object's end; the whole object without one. Error `objects.range-invalid`. */
export function partOfObject(key: string, size: number, range: ByteRange | undefined): { offset: number; length: number } {
  if (!range) return { offset: 0, length: size };
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || start >= size) {
    throw new RepriseError('invalid', 'objects.range-invalid', `Bytes ${start} to ${end} aren't in the object '${key}', which has ${size}.`);
  }
  return { offset: start, length: Math.min(end, size - 1) - start + 1 };
}
