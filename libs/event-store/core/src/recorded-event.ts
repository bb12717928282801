/** A stored event as reducers see it: upcast to today's type, payload parsed once, but for what stays text. */
export interface RecordedEvent {
  position: number;
  stream: string;
  version: number;
  /** Today's type name. */
  type: string;
  /** A content's data is text, a `RawJson`, here: nobody but its schema knows how to read it, and its numbers must stay as they are. */
  payload: Record<string, unknown>;
  /** From the headers; the epoch when they hold none. */
  timestamp: string;
  /** `EventId` header, if any. */
  eventId?: string;
  /** The event came by a restore. */
  restored: boolean;
}

/**
 * From an old event type to today's. Pure; one small file each. `payload` is the old one, the answer the new type and payload.
 */
export interface Upcaster {
  from: string;
  upcast(event: Pick<RecordedEvent, 'type' | 'payload'>): Pick<RecordedEvent, 'type' | 'payload'>;
}
