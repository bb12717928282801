/** A stored event as reducers see it: upcast to today's type, payload parsed once. */
export interface RecordedEvent {
  position: number;
  stream: string;
  version: number;
  /** Today's type name. */
  type: string;
  payload: Record<string, unknown>;
  /** The payload's text, for what must not be parsed (content data). */
  payloadText: string;
  /** From the headers; the epoch when they hold none. */
  timestamp: string;
  /** `EventId` header, if any. */
  eventId?: string;
  /** The event came by a restore. */
  restored: boolean;
}

/**
 * From an old event type to today's. Pure; one small file each. `payload` is the old one, the answer the new type and payload.
 * Where the text matters (content data) the answer gives `payloadText` too.
 */
export interface Upcaster {
  from: string;
  upcast(event: Pick<RecordedEvent, 'type' | 'payload' | 'payloadText'>): Pick<RecordedEvent, 'type' | 'payload' | 'payloadText'>;
}
