import type { AppendResult } from '@reprise/contracts';
import type { LogHead } from '@reprise/event-store-core';
import { collection, piecesCollection, type MongoModule } from '@reprise/mongodb';

/** One log's state; events say nothing about it. Changed by compare-and-set alone. */
export interface LogDocument {
  /** The app. */
  _id: string;
  state: Exclude<LogHead['state'], 'absent'>;
  /** The job that restored the log; kept when the log is open, so that it may ask again. */
  holder: string | null;
  epoch: number;
  /** The last position that a restore filled, once the log is open. */
  importedTo?: number;
  /** Streams whose redaction has begun and isn't counted yet; see `LogErasure`. */
  redacting?: string[];
}

export interface EventDocument {
  position: number;
  /** Stream and version, see {@link keyOf}. */
  key: string;
  kind: string;
  type: string;
  /** Bytes of type, payload and headers. */
  size: number;
  payload?: string;
  headers?: string;
  /** In place of payload and headers where these are too large: they are kept as pieces, end to end. */
  pieces?: { owner: string; payload: number; headers: number };
}

/** One group commit, or one part of an imported segment: events at consecutive positions. Never changed but by redaction. */
export interface CommitDocument {
  _id: string;
  app: string;
  first: number;
  last: number;
  /** The sum of its events' sizes. */
  bytes: number;
  /** What its commands are answered with, by their commit keys. An imported part has a key of its own. */
  commits: ({ key: string } & Partial<AppendResult>)[];
  imported: boolean;
  /** Counts redactions: what these are compared and set by. */
  revision: number;
  events: EventDocument[];
}

export const [LOGS, COMMITS, PIECES] = ['event_logs', 'event_commits', 'event_pieces'] as const;

const event = { position: Number, key: String, kind: String, type: String, size: Number, payload: String, headers: String, pieces: Object };
const commit = { key: String, from: Number, to: Number, version: Number };

/**
 * Positions, stream versions and commit keys are unique, which nothing is lost or doubled by, however many write. The last index is
 * for ranges, heads and sizes: it holds all that these ask for, so that no document has to be read for them.
 */
export const eventLogCollections: MongoModule = {
  [LOGS]: collection<LogDocument>({ _id: String, state: String, holder: String, epoch: Number, importedTo: Number, redacting: [String] }, [[{ state: 1 }]]),
  [COMMITS]: collection<CommitDocument>(
    { _id: String, app: String, first: Number, last: Number, bytes: Number, commits: [commit], imported: Boolean, revision: Number, events: [event] },
    [
      [{ app: 1, 'events.position': 1 }, { unique: true }],
      [{ app: 1, 'events.key': 1 }, { unique: true }],
      [{ app: 1, 'commits.key': 1 }, { unique: true }],
      [{ app: 1, last: 1, first: 1, bytes: 1, imported: 1 }],
    ],
  ),
  [PIECES]: piecesCollection(),
};

const DIGITS = 10;

/** Stream and version in one, ordered by version within a stream. One field, since an index over two of one array is not understood alike everywhere. */
export function keyOf(stream: string, version: number): string {
  return `${stream}@${String(version).padStart(DIGITS, '0')}`;
}

export function partsOf(key: string): { stream: string; version: number } {
  const at = key.length - DIGITS - 1;
  return { stream: key.slice(0, at), version: Number(key.slice(at + 1)) };
}

/** The keys of a stream from a version on: digits are all below `:`. */
export function keysOf(stream: string, fromVersion: number): { $gte: string; $lt: string } {
  return { $gte: keyOf(stream, fromVersion), $lt: `${stream}@:` };
}
