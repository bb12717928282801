import { kindOfStream, textMember } from '@reprise/event-store-core';
import { eachMember, endOfString } from '@reprise/json-text';
import type { DecodedEvent } from './event-types.js';

const [QUOTE, COMMA, OPEN_OBJECT, OPEN_ARRAY] = [...'",{['].map((character) => character.charCodeAt(0));

/**
 * Objects, arrays, texts and numbers that an event's payload may hold, far more than Squidex's events do. Each takes up to twenty times the memory
 * of its text in whoever parses it, so that the limit of bytes alone would not bound that. A content's data is not parsed and not counted.
 */
export const MOST_VALUES = 200_000;

export function hasTooManyValues({ stream, payload }: Pick<DecodedEvent, 'stream' | 'payload'>, most = MOST_VALUES): boolean {
  // A value and what parts it from the next one are two characters at least.
  if (payload.length < 2 * most) return false;
  const kind = kindOfStream(stream);
  let values = 0;
  eachMember(payload, (member, start, end) => {
    if (textMember(kind, member) === undefined) values += countValues(payload, start, end);
    if (values > most) return true;
  });
  return values > most;
}

/** Whether a JSON text holds more values than `most`, itself included. */
export function holdsMoreValues(json: string, most: number): boolean {
  return json.length >= 2 * most && countValues(json, 0, json.length) > most;
}

/** Of a value that is whole: each begins it, an object or array, or stands behind a comma. */
function countValues(text: string, start: number, end: number): number {
  let values = 1;
  for (let at = start; at < end; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at) - 1;
    else if (character === COMMA || character === OPEN_OBJECT || character === OPEN_ARRAY) values++;
  }
  return values;
}
