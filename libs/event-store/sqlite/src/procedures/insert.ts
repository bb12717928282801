import type { DatabaseSync } from 'node:sqlite';
import { blockOf, kindOfStream, sizeOf, type PackedEvent, type StoredEvent } from '@reprise/event-store-core';
import { first, forgetParameters, run, statement } from '@reprise/sqlite';
import { keyOf } from './schema.js';

const FIND_STREAM = 'SELECT id FROM event_streams WHERE log_id = ? AND name = ?';
const ADD_STREAM = 'INSERT OR IGNORE INTO event_streams (log_id, name, kind) VALUES (?, ?, ?)';
/** Payload and headers may come as text or as its bytes. */
const ADD_EVENT = 'INSERT OR IGNORE INTO events (key, stream_id, version, type, payload, headers) VALUES (?, ?, ?, ?, CAST(? AS TEXT), CAST(? AS TEXT))';
const LARGE = 1024 * 1024;
const ADD_TO_BLOCK = `INSERT INTO event_blocks (log_id, block, events, bytes) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes`;

export function findStream(db: DatabaseSync, logId: number, stream: string): number | undefined {
  return first<{ id: number }>(db, FIND_STREAM, [logId, stream])?.id;
}

/** The number of an event's stream, which its first event mostly begins. */
function streamNumber(db: DatabaseSync, logId: number, { stream, version }: { stream: string; version: number }): number {
  const known = version === 0 ? undefined : findStream(db, logId, stream);
  if (known !== undefined) return known;
  const { changes, lastInsertRowid } = statement(db, ADD_STREAM).run(logId, stream, kindOfStream(stream));
  return changes === 0 ? findStream(db, logId, stream)! : Number(lastInsertRowid);
}

/**
 * Inserts events and counts them in their blocks. An event whose position or stream version is taken is handed to `taken`, which
 * throws where that is wrong. Answers the highest position, 0 if there are no events.
 */
export function insertEvents<Event extends StoredEvent | PackedEvent>(
  db: DatabaseSync,
  logId: number,
  events: Iterable<Event>,
  taken: (event: Event) => void,
): number {
  const add = statement(db, ADD_EVENT);
  const streams = new Map<string, number>();
  const blocks = new Map<number, { events: number; bytes: number }>();
  let highest = 0;
  let large = false;
  for (const event of events) {
    highest = Math.max(highest, event.position);
    let stream = streams.get(event.stream);
    if (stream === undefined) streams.set(event.stream, (stream = streamNumber(db, logId, event)));
    const { changes } = add.run(keyOf(logId, event.position), stream, event.version, event.type, event.payload, event.headers);
    if (changes === 0) {
      taken(event);
      continue;
    }
    const number = blockOf(event.position);
    let block = blocks.get(number);
    if (!block) blocks.set(number, (block = { events: 0, bytes: 0 }));
    block.events++;
    const bytes = sizeOf(event);
    block.bytes += bytes;
    large ||= bytes > LARGE;
  }
  if (large) forgetParameters(add);
  for (const [number, block] of blocks) run(db, ADD_TO_BLOCK, [logId, number, block.events, block.bytes]);
  return highest;
}
