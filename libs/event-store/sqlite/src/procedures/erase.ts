import type { DatabaseSync } from 'node:sqlite';
import { blockOf, logNotOpen, REDACTED, sizeOf } from '@reprise/event-store-core';
import { all, first, run } from '@reprise/sqlite';
import { findStream } from './insert.js';
import { createLog, findLog, type LogRow } from './logs.js';
import { keyOf, POSITION } from './schema.js';

const REDACTABLE = `SELECT key, ${POSITION} AS position, type, payload, headers FROM events WHERE stream_id = ? AND NOT (type = '${REDACTED.type}' AND payload = '${REDACTED.payload}')`;

interface Redactable {
  key: number;
  position: number;
  type: string;
  payload: string;
  headers: string;
}

/** What is overwritten must not stay readable in free parts of the file. */
function withSecureDelete(db: DatabaseSync, erase: () => void): void {
  db.exec('PRAGMA secure_delete = ON');
  try {
    erase();
  } finally {
    db.exec('PRAGMA secure_delete = OFF');
  }
}

export function redact(db: DatabaseSync, { appId, stream }: { appId: string; stream: string }): void {
  const log = findLog(db, appId);
  if (!log) return;
  if (log.state !== 'open') throw logNotOpen(appId, log.state);
  const streamId = findStream(db, log.id, stream);
  if (streamId === undefined) return;
  const events = all<Redactable>(db, REDACTABLE, [streamId]);
  if (events.length === 0) return;
  withSecureDelete(db, () => {
    for (const event of events) {
      run(db, 'UPDATE events SET type = ?, payload = ? WHERE key = ?', [REDACTED.type, REDACTED.payload, event.key]);
      const freed = sizeOf(event) - sizeOf({ ...event, ...REDACTED });
      run(db, 'UPDATE event_blocks SET bytes = bytes - ? WHERE log_id = ? AND block = ?', [freed, log.id, blockOf(event.position)]);
    }
  });
  run(db, 'UPDATE event_logs SET epoch = epoch + 1 WHERE id = ?', [log.id]);
}

/** From here on the log is empty for readers and closed for writers; its rows go by {@link purgeChunk}. */
export function entomb(db: DatabaseSync, { appId }: { appId: string }): void {
  const log = findLog(db, appId) ?? createLog(db, appId, 'purged', null);
  run(db, `UPDATE event_logs SET state = 'purged', holder = NULL, head = 0 WHERE id = ?`, [log.id]);
}

/** Few enough rows to hold the writer for some milliseconds only. */
const CHUNK = 1000;

/** Removes some rows of a log that is a tombstone; true while there may be more. */
export function purgeChunk(db: DatabaseSync, { appId }: { appId: string }): boolean {
  const log = findLog(db, appId);
  return (
    log?.state === 'purged' &&
    (purgeEvents(db, log) ||
      purgeBy(db, log, 'event_streams', 'id') ||
      purgeBy(db, log, 'event_commits', 'commit_key') ||
      purgeBy(db, log, 'event_blocks', 'block'))
  );
}

function purgeEvents(db: DatabaseSync, log: LogRow): boolean {
  const from = keyOf(log.id, 0);
  const end = keyOf(log.id + 1, 0);
  const sql = 'SELECT max(key) AS last FROM (SELECT key FROM events WHERE key >= ? AND key < ? ORDER BY key LIMIT ?)';
  const { last } = first<{ last: number | null }>(db, sql, [from, end, CHUNK])!;
  return last !== null && run(db, 'DELETE FROM events WHERE key >= ? AND key <= ?', [from, last]) > 0;
}

function purgeBy(db: DatabaseSync, log: LogRow, table: 'event_streams' | 'event_commits' | 'event_blocks', key: string): boolean {
  return run(db, `DELETE FROM ${table} WHERE log_id = ? AND ${key} IN (SELECT ${key} FROM ${table} WHERE log_id = ? LIMIT ${CHUNK})`, [log.id, log.id]) > 0;
}
