import type { StoredEvent } from './event-log.js';
import type { RecordedEvent, Upcaster } from './recorded-event.js';

const EPOCH = '1970-01-01T00:00:00Z';

/** Type names are compared without regard to case, as Squidex does. */
export function upcastersByType(upcasters: readonly Upcaster[]): ReadonlyMap<string, Upcaster> {
  return new Map(upcasters.map((upcaster) => [upcaster.from.toLowerCase(), upcaster]));
}

/** A stored event, parsed and upcast to today's type. An old type may lead to another old one; each step is applied. */
export function recordEvent(stored: StoredEvent, upcasters: ReadonlyMap<string, Upcaster>): RecordedEvent {
  const headers = JSON.parse(stored.headers) as Record<string, unknown>;
  let shape: Pick<RecordedEvent, 'type' | 'payload' | 'payloadText'> = {
    type: stored.type,
    payload: JSON.parse(stored.payload) as Record<string, unknown>,
    payloadText: stored.payload,
  };
  for (let steps = 0; steps < 4; steps++) {
    const upcaster = upcasters.get(shape.type.toLowerCase());
    if (!upcaster) break;
    shape = upcaster.upcast(shape);
  }
  const eventId = headers['EventId'];
  return {
    position: stored.position,
    stream: stored.stream,
    version: stored.version,
    ...shape,
    timestamp: typeof headers['Timestamp'] === 'string' ? headers['Timestamp'] : EPOCH,
    ...(typeof eventId === 'string' ? { eventId } : {}),
    restored: headers['Restored'] === true,
  };
}
