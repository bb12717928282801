import type { NewEvent } from '@reprise/contracts';
import type { PackedEvent } from './packed-events.js';

/** Positions whose bytes are told together; see `EventLogReader.blockSizes`. */
export const BLOCK = 1000;

/** The number of the block that a position lies in, from 0. */
export function blockOf(position: number): number {
  return Math.floor((position - 1) / BLOCK);
}

/** Bytes of an event as blocks count them. */
export function sizeOf({ type, payload, headers }: NewEvent | PackedEvent): number {
  return Buffer.byteLength(type) + Buffer.byteLength(payload) + Buffer.byteLength(headers);
}
