import type { Message } from 'amqplib';
import { LEAST_AGE_MS } from '@reprise/amqp';

/**
 * The time that a request has goes by two counts, neither of which needs clocks that agree: three quarters of it may be spent in the queue, by the
 * broker's count, and a quarter under way to a process, by that one's count. Together they are no more than its sender waits.
 */
const QUEUED_PART = 3 / 4;

/** Milliseconds that a request may wait in its queue when its sender waits `withinMs` in all. */
export function timeToLive(withinMs: number): number {
  return Math.max(Math.ceil(withinMs * QUEUED_PART), 1);
}

/** Whether the sender of a request may have given it up that was under way for up to `ageMs`. One without a time to live is waited for without end. */
export function isPerhapsLate({ properties }: Message, ageMs: number): boolean {
  const queuedMs = Number(properties.expiration ?? Infinity);
  const underWayMs = (queuedMs / QUEUED_PART) * (1 - QUEUED_PART);
  return ageMs > Math.max(underWayMs, LEAST_AGE_MS);
}
