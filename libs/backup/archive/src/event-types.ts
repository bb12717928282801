/** An event as a log holds it; payload and headers are JSON texts, kept as they came. Same shape as the event log's StoredEvent. */
export interface ArchivedEvent {
  /** In the app, gapless from 1. The event's file has number `position - 1`. */
  position: number;
  /** `app-{appId}`, `content-{appId}--{contentId}`, … */
  stream: string;
  /** In the stream, from 0. */
  version: number;
  type: string;
  payload: string;
  headers: string;
}

/** What an event file holds, before it has a place in a log. */
export type DecodedEvent = Pick<ArchivedEvent, 'type' | 'stream' | 'payload' | 'headers'>;
