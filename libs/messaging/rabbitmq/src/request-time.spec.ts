import type { Message } from 'amqplib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPerhapsLate, timeToLive } from './request-time.js';

const request = (expiration?: string) => ({ properties: { expiration } }) as Message;

describe('The time of a request', () => {
  it('in its queue and under way is never longer than its sender waits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000, max: 86_400_000 }), fc.integer({ min: 0, max: 30_000_000 }), (withinMs, ageMs) => {
        const queuedMs = timeToLive(withinMs);
        // The broker counts whole milliseconds.
        if (!isPerhapsLate(request(String(queuedMs)), ageMs)) expect(queuedMs + ageMs).toBeLessThanOrEqual(withinMs + 2);
      }),
    );
  });

  it('lets half a second under way pass, since nobody knows it more precisely, and the shortest live for a moment', () => {
    expect([timeToLive(0), timeToLive(-5), isPerhapsLate(request('1'), 500), isPerhapsLate(request('1'), 501)]).toEqual([1, 1, false, true]);
  });

  it('has no end without a time to live', () => expect(isPerhapsLate(request(), 1e9)).toBe(false));
});
