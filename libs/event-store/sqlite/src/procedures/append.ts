import type { DatabaseSync } from 'node:sqlite';
import type { AppendCommand, AppendResult } from '@reprise/contracts';
import { conditionFailed, logNotOpen, versionConflict, type StoredEvent } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { first, run } from '@reprise/sqlite';
import { findStream, insertEvents } from './insert.js';
import { createLog, findLog, setHead, type LogRow } from './logs.js';
import { keyOf } from './schema.js';

/** One command, whole or not at all. The order of the checks matters: a command that is there already is never refused for what it did itself. */
export function append(db: DatabaseSync, command: AppendCommand): AppendResult {
  const log = findLog(db, command.appId) ?? createLog(db, command.appId, 'open', null);
  if (log.state !== 'open') throw logNotOpen(command.appId, log.state);
  const earlier = findCommit(db, log, command.commitKey);
  if (earlier) return earlier;
  checkVersion(db, log, command);
  checkCondition(db, log, command);

  const events = command.events.map((event, i): StoredEvent => {
    return { ...event, stream: command.stream, position: log.head + 1 + i, version: command.expectedVersion + 1 + i };
  });
  const last = events.at(-1)!;
  // Can't happen while this thread is the only writer: the unique indexes are the net below.
  insertEvents(db, log.id, events, (event) => {
    throw new RepriseError('internal', 'log.position-taken', `Position ${event.position} of app ${command.appId} is taken.`);
  });
  setHead(db, log, last.position);
  const result = { from: log.head + 1, to: last.position, version: last.version };
  run(db, 'INSERT INTO event_commits (log_id, commit_key, first, last, version) VALUES (?, ?, ?, ?, ?)', [
    log.id,
    command.commitKey,
    result.from,
    result.to,
    result.version,
  ]);
  return result;
}

function findCommit(db: DatabaseSync, log: LogRow, key: string): AppendResult | undefined {
  return first<AppendResult>(db, 'SELECT first AS "from", last AS "to", version FROM event_commits WHERE log_id = ? AND commit_key = ?', [log.id, key]);
}

function checkVersion(db: DatabaseSync, log: LogRow, command: AppendCommand): void {
  const stream = findStream(db, log.id, command.stream);
  const version =
    stream === undefined ? -1 : (first<{ version: number }>(db, 'SELECT max(version) AS version FROM events WHERE stream_id = ?', [stream])!.version ?? -1);
  if (version !== command.expectedVersion) throw versionConflict(command.expectedVersion);
}

const ANY_SINCE = `SELECT 1 FROM events JOIN event_streams ON event_streams.id = stream_id
  WHERE key > ? AND key <= ? AND kind IN (SELECT value FROM json_each(?)) LIMIT 1`;

function checkCondition(db: DatabaseSync, log: LogRow, { condition }: AppendCommand): void {
  if (!condition) return;
  if (first(db, ANY_SINCE, [keyOf(log.id, condition.position), keyOf(log.id, log.head), JSON.stringify(condition.kinds)]))
    throw conditionFailed(condition.kinds);
}
