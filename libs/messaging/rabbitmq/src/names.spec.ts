import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { roundUpDelay } from './names.js';

describe('A delay', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 3],
    [20, 24],
    [25, 32],
    [110, 128],
    [30_000, 32_768],
  ])('of %i ms waits in the queue of %i ms', (ms, rounded) => expect(roundUpDelay(ms)).toBe(rounded));

  it('is never cut, nor made longer by more than a half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 86_400_000 }), (ms) => {
        const rounded = roundUpDelay(ms);
        expect(rounded).toBeGreaterThanOrEqual(ms);
        expect(rounded).toBeLessThanOrEqual(ms * 1.5);
        expect(Number.isInteger(rounded)).toBe(true);
      }),
    );
  });
});
