import type { AppendCommand, AppendResult, NewEvent } from '@reprise/contracts';
import { packEvents, type PackedEvents } from './packed-events.js';

/** An event in its place. Payload and headers are JSON texts, kept as they came. */
export interface StoredEvent extends NewEvent {
  /** In the app, gapless from 1. */
  position: number;
  /** `app-{appId}`, `content-{appId}--{contentId}`, … */
  stream: string;
  /** In the stream, from 0. */
  version: number;
}

export interface LogHead {
  /** Position of the last event, 0 if there is none. While importing: the last one before which none is missing. */
  position: number;
  /** Goes up with each redaction; fragments of an older epoch may hold erased data. */
  epoch: number;
  /** `absent`: never written; `importing`: a restore fills it; `open`; `purged`: a tombstone, the id is never used again. */
  state: 'absent' | 'importing' | 'open' | 'purged';
}

/** The part of a stream's name before the first `-`: `app`, `schema`, `content`, `rule`, `asset`, `assetFolder`, `comments`. */
export function kindOfStream(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}

/** Read-only access to the log, which every service has. What was acknowledged is seen at once; nobody sees N+1 before N. */
export abstract class EventLogReader {
  abstract head(appId: string): Promise<LogHead>;
  /**
   * Events from position `from` on, in order, up to `to` (included) and at most `limit`, or fewer where they are large or that takes less
   * (never none unless there is none). With `kinds`: only of these stream kinds. `end` is the position up to which the answer is complete,
   * `from - 1` if nothing is. While importing, an answer without `kinds` ends at the first gap behind `from`, one with `kinds` at the head's position.
   */
  abstract read(appId: string, range: { from: number; to: number; limit: number; kinds?: readonly string[] }): Promise<{ events: StoredEvent[]; end: number }>;
  abstract readStream(appId: string, stream: string, fromVersion?: number): Promise<StoredEvent[]>;
  /** Bytes of types, payloads and headers for each block of 1,000 positions up to `to`: what segments are planned from. */
  abstract blockSizes(appId: string, to: number): Promise<number[]>;
  /** How many events of each type there are between two positions (included, up to the head) in streams of these kinds. Nothing else of them is read. */
  abstract countTypes(appId: string, range: { from: number; to: number; kinds: readonly string[] }): Promise<Map<string, number>>;
}

/**
 * The log itself: only the event-store service holds it. JSON texts may hold half characters, which are escaped before they are stored;
 * in names of streams and types they are refused (`log.event-invalid`).
 */
export abstract class EventLog extends EventLogReader {
  /** All events of the command, at consecutive positions, or none. Durable when it resolves. Errors: see `appendEvents` in contracts. */
  abstract append(command: AppendCommand): Promise<AppendResult>;

  /**
   * Puts the log of a new app under `holder` (a job): appends of others are refused with `log.not-open`. Idempotent for the same holder.
   * Errors of this and the two below: `log.not-importing` (conflict) for a log that another holds or that is in use, `log.purged` (conflict) for a tombstone.
   */
  abstract beginImport(appId: string, holder: string): Promise<void>;
  /**
   * Stores events at the positions they carry. One that is there already counts as stored if it is equal to the last byte, else
   * `log.import-mismatch` (corrupt). Durable at the latest with the next durable write of the same database. Segments may come in any order.
   * Packed events change hands: the caller has them no more.
   */
  abstract importEvents(appId: string, holder: string, events: readonly StoredEvent[] | PackedEvents): Promise<void>;
  /** As {@link read}, of all kinds, but packed: for whoever passes events on. */
  async readPacked(appId: string, range: { from: number; to: number; limit: number }): Promise<{ events: PackedEvents; end: number }> {
    const { events, end } = await this.read(appId, range);
    return { events: packEvents(events), end };
  }
  /** Opens the log once positions 1..head are all there, else `log.incomplete` (corrupt). Idempotent. */
  abstract endImport(appId: string, holder: string): Promise<LogHead>;

  /** Erasure: the stream's events become `NoopEvent` with payload `{}` in place, the epoch goes up. Durable when it resolves. */
  abstract redact(appId: string, stream: string): Promise<void>;
  /** Removes everything and leaves a tombstone. Idempotent; also for an app that never was. */
  abstract purge(appId: string): Promise<void>;
}
