import type { DatabaseSync } from 'node:sqlite';
import { kindOfStream, type StoredEvent } from '@reprise/event-store-core';
import { first, run, statement } from '@reprise/sqlite';
import { blockOf, keyOf } from './schema.js';

const FIND_STREAM = 'SELECT id FROM event_streams WHERE log_id = ? AND name = ?';
const ADD_STREAM = 'INSERT INTO event_streams (log_id, name, kind) VALUES (?, ?, ?)';
const ADD_EVENT = 'INSERT OR IGNORE INTO events (key, stream_id, version, type, payload, headers) VALUES (?, ?, ?, ?, ?, ?)';
const ADD_TO_BLOCK = `INSERT INTO event_blocks (log_id, block, events, bytes) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes`;

export function findStream(db: DatabaseSync, logId: number, stream: string): number | undefined {
  return first<{ id: number }>(db, FIND_STREAM, [logId, stream])?.id;
}

function streamNumber(db: DatabaseSync, logId: number, stream: string): number {
  return findStream(db, logId, stream) ?? Number(statement(db, ADD_STREAM).run(logId, stream, kindOfStream(stream)).lastInsertRowid);
}

/** Bytes of an event as blocks count them. */
export function sizeOf(event: Pick<StoredEvent, 'type' | 'payload' | 'headers'>): number {
  return Buffer.byteLength(event.type) + Buffer.byteLength(event.payload) + Buffer.byteLength(event.headers);
}

/**
 * Inserts events and counts them in their blocks. An event whose position or stream version is taken is handed to `taken`, which
 * throws where that is wrong. Answers the highest position, 0 if there are no events.
 */
export function insertEvents(db: DatabaseSync, logId: number, events: Iterable<StoredEvent>, taken: (event: StoredEvent) => void): number {
  const add = statement(db, ADD_EVENT);
  const streams = new Map<string, number>();
  const blocks = new Map<number, { events: number; bytes: number }>();
  let highest = 0;
  for (const event of events) {
    highest = Math.max(highest, event.position);
    let stream = streams.get(event.stream);
    if (stream === undefined) streams.set(event.stream, (stream = streamNumber(db, logId, event.stream)));
    const { changes } = add.run(keyOf(logId, event.position), stream, event.version, event.type, event.payload, event.headers);
    if (changes === 0) {
      taken(event);
      continue;
    }
    const number = blockOf(event.position);
    let block = blocks.get(number);
    if (!block) blocks.set(number, (block = { events: 0, bytes: 0 }));
    block.events++;
    block.bytes += sizeOf(event);
  }
  for (const [number, block] of blocks) run(db, ADD_TO_BLOCK, [logId, number, block.events, block.bytes]);
  return highest;
}
