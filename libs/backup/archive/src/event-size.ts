import { lengthOfEventFile } from './event-file.js';
import type { DecodedEvent } from './event-types.js';

/** What a character takes in an event file at most: `\u00FC`. */
const ESCAPED = 6;
const ENVELOPE = 4_096;

/** Bytes of the event's file if they are more than `maxBytes`, undefined if it fits. Cheap for all events but large ones. */
export function oversize(event: DecodedEvent, maxBytes: number): number | undefined {
  const { stream, type, payload, headers } = event;
  if ((type.length + stream.length + payload.length + headers.length) * ESCAPED + ENVELOPE <= maxBytes) return undefined;
  // Its place takes a few digits, whichever it will be.
  const bytes = lengthOfEventFile({ ...event, position: Number.MAX_SAFE_INTEGER, version: Number.MAX_SAFE_INTEGER });
  return bytes > maxBytes ? bytes : undefined;
}
