import type { Upcaster } from '@reprise/event-store-core';
import type { JsonObject } from '@reprise/json-text';

/** An old event as today's: `own` gives the members that differ, all others keep their names and stay. */
export function upcaster(from: string, to: string, own: (payload: JsonObject) => JsonObject = () => ({})): Upcaster {
  return { from, upcast: ({ payload, payloadText }) => ({ type: to, payload: { ...payload, ...own(payload) }, payloadText }) };
}
