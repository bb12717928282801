import { rangeInvalid } from './object-errors.js';
import type { ByteRange } from './object-store.js';

/** Whether some object could have these bytes. */
export function isRange({ start, end }: ByteRange): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start;
}

/** The part of the object that the range names, cut at the object's end; the whole object without one. Error `objects.range-invalid`. */
export function partOfObject(key: string, size: number, range: ByteRange | undefined): { offset: number; length: number } {
  if (!range) return { offset: 0, length: size };
  if (!isRange(range) || range.start >= size) throw rangeInvalid(key, range, size);
  return { offset: range.start, length: Math.min(range.end, size - 1) - range.start + 1 };
}
