import type { Upcaster } from './recorded-event.js';

type Payload = Readonly<Record<string, unknown>>;

/** An old event as today's: `own` gives the members that differ, all others keep their names and stay. */
export function upcaster(from: string, to: string | ((payload: Payload) => string), own: (payload: Payload) => Record<string, unknown> = () => ({})): Upcaster {
  return {
    from,
    upcast: ({ payload }) => ({ type: typeof to === 'string' ? to : to(payload), payload: { ...payload, ...own(payload) } }),
  };
}
