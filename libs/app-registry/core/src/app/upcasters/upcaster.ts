import type { Upcaster } from '@reprise/event-store-core';
import { commonMembers } from './common-members.js';

type Payload = Record<string, unknown>;

/** An old type as today's: `own` gives today's own members. The payload's text stays the stored one, app reducers don't read it. */
export function upcaster(from: string, to: string | ((payload: Payload) => string), own: (payload: Payload) => Payload): Upcaster {
  return {
    from,
    upcast: ({ payload, payloadText }) => ({
      type: typeof to === 'string' ? to : to(payload),
      payload: { ...own(payload), ...commonMembers(payload) },
      payloadText,
    }),
  };
}
