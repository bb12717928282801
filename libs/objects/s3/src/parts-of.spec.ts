import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partSize } from './part-sizes.js';
import { partsOf } from './parts-of.js';

it('parts of a growing size hold every byte of the source, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3_000), { maxLength: 20 }), fc.integer({ min: 1, max: 2_000 }), async (lengths, first) => {
      const chunks = lengths.map((length) => randomBytes(length));
      const whole = Buffer.concat(chunks);
      const sizeOf = (number: number) => first * number;
      // Each chunk is filled anew when the next is asked for.
      async function* reusing(): AsyncGenerator<Buffer> {
        const buffer = Buffer.alloc(3_000);
        for (const chunk of chunks) {
          chunk.copy(buffer);
          yield buffer.subarray(0, chunk.length);
        }
      }
      for (const source of [whole, reusing()]) {
        const parts: Buffer[] = [];
        for await (const part of partsOf(source, sizeOf)) parts.push(part);
        expect(Buffer.concat(parts).equals(whole)).toBe(true);
        parts.slice(0, -1).forEach((part, index) => expect(part.length).toBe(sizeOf(index + 1)));
        expect(parts.at(-1)?.length ?? 1).toBeGreaterThan(0);
      }
    }),
  );
});

it('10,000 parts of a put reach 5 TiB, and the first 18 GiB come in parts of at most 42 MiB', () => {
  const sizes = Array.from({ length: 10_000 }, (_, index) => partSize(index + 1));
  expect(sizes[0]).toBe(8 * 1024 ** 2);
  expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThanOrEqual(5 * 1024 ** 4);
  expect(Math.max(...sizes)).toBeLessThan(5 * 1024 ** 3);
  let sum = 0;
  for (const size of sizes) {
    sum += size;
    if (sum > 18 * 1024 ** 3) break;
    expect(size).toBeLessThanOrEqual(42 * 1024 ** 2);
  }
});
