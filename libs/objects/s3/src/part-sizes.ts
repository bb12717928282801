const MEBIBYTE = 1024 * 1024;

/** Up to here an object is put by a single request. */
const FIRST_PART = 8 * MEBIBYTE;
/** Parts up to which the size has grown to four times the first. */
const GROWTH = 780;

/**
 * Bytes of a part of an object whose size nobody knows, counted from 1. It grows with the square of the number, so that 10,000 parts reach the 5 TiB
 * that an S3 object may have, while of the first 18 GiB no part is larger than 42 MiB: two of them are what a put holds in memory.
 */
export function partSize(number: number): number {
  return Math.ceil((FIRST_PART * (1 + (number - 1) / GROWTH) ** 2) / MEBIBYTE) * MEBIBYTE;
}
