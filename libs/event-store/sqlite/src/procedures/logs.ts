import type { DatabaseSync } from 'node:sqlite';
import { checkHeld } from '@reprise/event-store-core';
import { first, run } from '@reprise/sqlite';

export interface LogRow {
  id: number;
  state: 'importing' | 'open' | 'purged';
  /** The job that restored the log; kept when the log is open, so that it may ask again. */
  holder: string | null;
  /** The highest position there is. While importing, positions before it may be missing. */
  head: number;
  epoch: number;
}

export const SELECT_LOG = 'SELECT id, state, holder, head, epoch FROM event_logs WHERE app_id = ?';

export function findLog(db: DatabaseSync, appId: string): LogRow | undefined {
  return first<LogRow>(db, SELECT_LOG, [appId]);
}

export function createLog(db: DatabaseSync, appId: string, state: LogRow['state'], holder: string | null): LogRow {
  run(db, 'INSERT INTO event_logs (app_id, state, holder, head, epoch) VALUES (?, ?, ?, 0, 0)', [appId, state, holder]);
  return findLog(db, appId)!;
}

export function setHead(db: DatabaseSync, log: LogRow, head: number): void {
  run(db, 'UPDATE event_logs SET head = ? WHERE id = ?', [head, log.id]);
}

/** The log under the job that restores it, or that has restored it. */
export function heldLog(db: DatabaseSync, appId: string, holder: string): LogRow {
  const log = findLog(db, appId);
  checkHeld(appId, holder, log);
  return log!;
}
