/**
 * The log of one app is a range of keys: `key` holds the log's number and the position (see {@link keyOf}), so that the table's own tree is
 * the unique index of positions, reading a range is one walk, and no row repeats the app's id. Streams have numbers for the same reason:
 * the index of stream versions holds two integers per event, and grows at its end. Rows are kept in a rowid table, since events are
 * larger than what a page of an index keeps by itself.
 *
 * `event_blocks` counts events and bytes per 1,000 positions: what segments are planned from, and what proves that nothing is missing, without
 * reading the log. `event_commits` remembers each command's result by its key, so that an unknown outcome is resolved by asking again.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS event_logs (
  id INTEGER PRIMARY KEY,
  app_id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('importing', 'open', 'purged')),
  holder TEXT,
  head INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS event_streams (
  id INTEGER PRIMARY KEY,
  log_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS event_streams_by_name ON event_streams (log_id, name);
CREATE TABLE IF NOT EXISTS events (
  key INTEGER PRIMARY KEY,
  stream_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type TEXT NOT NULL,
  payload TEXT NOT NULL,
  headers TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS events_by_version ON events (stream_id, version);
CREATE TABLE IF NOT EXISTS event_blocks (
  log_id INTEGER NOT NULL,
  block INTEGER NOT NULL,
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (log_id, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_commits (
  log_id INTEGER NOT NULL,
  commit_key TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (log_id, commit_key)
) STRICT, WITHOUT ROWID;
`;

/** Positions below 2^32 for up to 2^21 logs: a key is always an integer that JavaScript can hold. */
const POSITIONS = 2 ** 32;

/** SQL for an event's position. */
export const POSITION = 'key & 4294967295';

export function keyOf(logId: number, position: number): number {
  return logId * POSITIONS + position;
}
