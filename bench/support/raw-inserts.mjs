import { DatabaseSync } from 'node:sqlite';
import { ArchiveReader, decodeEventFile } from '@reprise/backup-archive';
import { kindOfStream } from '@reprise/event-store-core';
import { eventLogTables } from '@reprise/event-store-sqlite';
import { SqliteDatabase } from '@reprise/sqlite';
import { withArchive } from './archive-file.mjs';

const BATCH = 1_000;
/** Events read before their inserts are timed: nothing else runs meanwhile. */
const READ_AHEAD = 20_000;
const KEYS_PER_LOG = 2 ** 32;

/**
 * Seconds that it takes to insert an archive's events into an empty event log of the product's own tables, in this thread, in transactions of 1,000, at
 * NORMAL: prepared statements and nothing else, no checks. Reading and decoding are not counted.
 */
export async function insertRaw(archive, file) {
  await (await SqliteDatabase.open(file, [eventLogTables])).close();
  const db = new DatabaseSync(file);
  // As the product's writer has them; what is not here is kept in the file.
  db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8192; PRAGMA cache_size = -16384');
  const insert = inserter(db);
  let time = 0;
  await withArchive(archive, async (source) => {
    const reader = await ArchiveReader.open(source);
    for (let first = 0; first < reader.events; first += READ_AHEAD) {
      const events = [];
      for (let number = first; number < Math.min(first + READ_AHEAD, reader.events); number++) {
        const entry = reader.event(number);
        events.push(decodeEventFile(await reader.readEntry(entry), entry.name));
      }
      const started = performance.now();
      for (let from = 0; from < events.length; from += BATCH) insert(first + from + 1, events.slice(from, from + BATCH));
      time += performance.now() - started;
    }
  });
  db.close();
  return time / 1_000;
}

function inserter(db) {
  const addStream = db.prepare('INSERT INTO event_streams (id, log_id, name, kind) VALUES (?, 1, ?, ?)');
  const addEvent = db.prepare('INSERT INTO events (key, stream_id, version, type, payload, headers) VALUES (?, ?, ?, ?, ?, ?)');
  const streams = new Map();
  return (position, events) => {
    db.exec('BEGIN');
    events.forEach(({ stream: name, type, payload, headers }, i) => {
      let stream = streams.get(name);
      if (!stream) {
        streams.set(name, (stream = { id: streams.size + 1, version: 0 }));
        addStream.run(stream.id, name, kindOfStream(name));
      }
      addEvent.run(KEYS_PER_LOG + position + i, stream.id, stream.version++, type, payload, headers);
    });
    db.exec('COMMIT');
  };
}
