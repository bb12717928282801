import type { DatabaseSync } from 'node:sqlite';
import {
  importMismatch,
  logIncomplete,
  logNotOpen,
  packedEvents,
  unpacked,
  type LogHead,
  type PackedEvents,
  type StoredEvent,
} from '@reprise/event-store-core';
import { first, run } from '@reprise/sqlite';
import { insertEvents } from './insert.js';
import { createLog, findLog, heldLog, setHead } from './logs.js';
import { keyOf } from './schema.js';

interface Held {
  appId: string;
  holder: string;
}

export function beginImport(db: DatabaseSync, { appId, holder }: Held): void {
  if (findLog(db, appId)) heldLog(db, appId, holder);
  else createLog(db, appId, 'importing', holder);
}

const FIND_EVENT = `SELECT name AS stream, version, type, payload, headers FROM events JOIN event_streams ON event_streams.id = stream_id WHERE key = ?`;

export function importEvents(db: DatabaseSync, { appId, holder, events }: Held & { events: PackedEvents }): void {
  const log = heldLog(db, appId, holder);
  const last = insertEvents(db, log.id, packedEvents(events), (packed) => {
    const event = unpacked(packed);
    const stored = first<Omit<StoredEvent, 'position'>>(db, FIND_EVENT, [keyOf(log.id, event.position)]);
    if (stored && (['stream', 'version', 'type', 'payload', 'headers'] as const).every((part) => stored[part] === event[part])) return;
    throw importMismatch(appId, event.position);
  });
  if (last <= log.head) return;
  // A segment that comes late for an open log may find its events there, but adds none.
  if (log.state !== 'importing') throw logNotOpen(appId, log.state);
  setHead(db, log, last);
}

export function endImport(db: DatabaseSync, { appId, holder }: Held): LogHead {
  const log = heldLog(db, appId, holder);
  if (log.state === 'importing') {
    const { events } = first<{ events: number }>(db, 'SELECT coalesce(sum(events), 0) AS events FROM event_blocks WHERE log_id = ?', [log.id])!;
    if (events !== log.head) throw logIncomplete(appId, { events, last: log.head });
    run(db, `UPDATE event_logs SET state = 'open' WHERE id = ?`, [log.id]);
  }
  return { position: log.head, epoch: log.epoch, state: 'open' };
}
