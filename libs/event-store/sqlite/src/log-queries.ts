import { setImmediate } from 'node:timers/promises';
import { BLOCK, blockOf, EventPacker, type LogHead, type PackedEvents, type StoredEvent } from '@reprise/event-store-core';
import { statement, type SqliteDatabase } from '@reprise/sqlite';
import { SELECT_LOG, type LogRow } from './procedures/logs.js';
import { keyOf, POSITION } from './procedures/schema.js';

/** An answer ends with the event that reaches this: one more would have to be read to see that it is too large. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Rows looked at in one go: the thread serves others in between. */
const WINDOW = 5000;
/** What a page of events of usual size takes; only a first guess. */
const PACKED_PAGE = 2 * 1024 * 1024;

const EVENT = `${POSITION} AS position, name AS stream, version, type, payload, headers`;
const FROM = 'FROM events JOIN event_streams ON event_streams.id = stream_id';
/** The four texts end to end, as bytes, and the length of each. */
const PACKED = `${POSITION}, version, CAST(name || type || payload || headers AS BLOB), octet_length(name), octet_length(type), octet_length(payload), octet_length(headers)`;
const PACKED_IN_RANGE = `SELECT ${PACKED} ${FROM} WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`;
const IN_RANGE = `SELECT ${EVENT} ${FROM} WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?`;
const OF_KINDS = `SELECT ${EVENT} ${FROM} WHERE key BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY key LIMIT ?`;
const TYPES_OF_KINDS = `SELECT type, count(*) AS count ${FROM} WHERE key BETWEEN ? AND ? AND kind IN (SELECT value FROM json_each(?)) GROUP BY type`;
const OF_STREAM = `SELECT ${EVENT} ${FROM} WHERE log_id = ? AND name = ? AND version >= ? ORDER BY version`;
const BYTES_IN = 'SELECT coalesce(sum(octet_length(type) + octet_length(payload) + octet_length(headers)), 0) AS bytes FROM events WHERE key BETWEEN ? AND ?';

type Range = { from: number; to: number; limit: number; kinds?: readonly string[] };

/** The log's reads, on the database's read-only connection. */
export class LogQueries {
  constructor(private readonly database: SqliteDatabase) {}

  head(appId: string): LogHead {
    return this.database.snapshot(() => {
      const log = this.find(appId);
      if (!log) return { position: 0, epoch: 0, state: 'absent' };
      return { position: this.gapless(log), epoch: log.epoch, state: log.state };
    });
  }

  async read(appId: string, range: Range): Promise<{ events: StoredEvent[]; end: number }> {
    const events: StoredEvent[] = [];
    let left = MAX_CHARACTERS;
    let end = range.from - 1;
    for (;;) {
      const step = this.readWindow(appId, { ...range, from: end + 1, to: Math.min(range.to, end + WINDOW), limit: range.limit - events.length }, left);
      events.push(...step.events);
      left -= step.characters;
      end = step.end;
      if (step.last || end >= range.to) return { events, end };
      await setImmediate();
    }
  }

  async readPacked(appId: string, { from, to, limit }: Omit<Range, 'kinds'>): Promise<{ events: PackedEvents; end: number }> {
    // Whoever reads page after page waits for nothing else.
    await setImmediate();
    return this.database.snapshot(() => {
      const log = this.find(appId);
      const events = new EventPacker(PACKED_PAGE);
      let end = from - 1;
      if (log && log.state !== 'purged') {
        let bytes = 0;
        for (const row of this.rows(PACKED_IN_RANGE, keyOf(log.id, from), keyOf(log.id, Math.min(to, log.head)), limit)) {
          const [position, version, texts, ...lengths] = row as [number, number, Uint8Array, number, number, number, number];
          if (position !== end + 1) break;
          events.addPacked(position, version, texts, lengths);
          end = position;
          bytes += texts.length;
          if (bytes >= MAX_CHARACTERS) break;
        }
      }
      return { events: events.take(), end };
    });
  }

  readStream(appId: string, stream: string, fromVersion: number): StoredEvent[] {
    return this.database.snapshot(() => {
      const log = this.find(appId);
      if (!log || log.state === 'purged') return [];
      return this.database.query<StoredEvent>(OF_STREAM, [log.id, stream, fromVersion]).map(plain);
    });
  }

  blockSizes(appId: string, to: number): number[] {
    return this.database.snapshot(() => {
      const log = this.find(appId);
      const last = Math.min(to, log ? this.gapless(log) : 0);
      if (!log || last < 1) return [];
      const sql = 'SELECT bytes FROM event_blocks WHERE log_id = ? AND block <= ? ORDER BY block';
      const sizes = this.database.query<{ bytes: number }>(sql, [log.id, blockOf(last)]).map((row) => row.bytes);
      // The last block may go on behind `to`.
      const start = blockOf(last) * BLOCK + 1;
      sizes[sizes.length - 1] = this.database.get<{ bytes: number }>(BYTES_IN, [keyOf(log.id, start), keyOf(log.id, last)])!.bytes;
      return sizes;
    });
  }

  async countTypes(appId: string, { from, to, kinds }: Omit<Range, 'limit'> & { kinds: readonly string[] }): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const log = this.find(appId);
    if (!log || log.state === 'purged') return counts;
    for (let start = from; start <= to; start += WINDOW) {
      const bounds = [keyOf(log.id, start), keyOf(log.id, Math.min(to, start + WINDOW - 1))];
      const rows = this.database.query<{ type: string; count: number }>(TYPES_OF_KINDS, [...bounds, JSON.stringify(kinds)]);
      for (const { type, count } of rows) counts.set(type, (counts.get(type) ?? 0) + count);
      await setImmediate();
    }
    return counts;
  }

  /** An array for each row takes half the time of an object. */
  private rows(sql: string, ...params: (string | number)[]): Iterable<unknown[]> {
    const prepared = statement(this.database.reader, sql);
    prepared.setReturnArrays(true);
    return prepared.iterate(...params) as Iterable<unknown> as Iterable<unknown[]>;
  }

  private find(appId: string): LogRow | undefined {
    return this.database.get<LogRow>(SELECT_LOG, [appId]);
  }

  /** `last` when there is no reason to ask for more: a bound is reached, or the log ends. */
  private readWindow(appId: string, range: Range, left: number): { events: StoredEvent[]; characters: number; end: number; last: boolean } {
    return this.database.snapshot(() => {
      const none = { events: [], characters: 0, end: range.from - 1, last: true };
      const log = this.find(appId);
      if (!log || log.state === 'purged' || range.limit <= 0) return none;
      const head = range.kinds && log.state === 'importing' ? this.gapless(log) : log.head;
      const to = Math.min(range.to, head);
      if (to < range.from) return none;

      const bounds = [keyOf(log.id, range.from), keyOf(log.id, to)];
      const rows = range.kinds ? this.rows(OF_KINDS, ...bounds, JSON.stringify(range.kinds), range.limit) : this.rows(IN_RANGE, ...bounds, range.limit);
      const events: StoredEvent[] = [];
      let characters = 0;
      let full = false;
      for (const row of rows) {
        const [position, stream, version, type, payload, headers] = row as [number, string, number, string, string, string];
        // A window of a log that a restore fills ends at the first gap; one that is open has none.
        full = !range.kinds && position !== range.from + events.length;
        if (full) break;
        events.push({ position, stream, version, type, payload, headers });
        characters += payload.length + headers.length;
        full = characters >= left;
        if (full) break;
      }
      full ||= events.length >= range.limit;
      const end = full || !range.kinds ? (events.at(-1)?.position ?? range.from - 1) : to;
      return { events, characters, end, last: full || end < to || to === head };
    });
  }

  /** The position up to which nothing is missing: the head, but for a log whose segments still come in, in any order. */
  private gapless(log: LogRow): number {
    if (log.state !== 'importing') return log.head;
    const blocks = this.database.query<{ block: number; events: number }>('SELECT block, events FROM event_blocks WHERE log_id = ? ORDER BY block', [log.id]);
    let full = 0;
    while (blocks[full]?.block === full && blocks[full]!.events === BLOCK) full++;
    const start = full * BLOCK;
    const sql = `SELECT ${POSITION} AS position FROM events WHERE key BETWEEN ? AND ? ORDER BY key`;
    const rows = this.database.query<{ position: number }>(sql, [keyOf(log.id, start + 1), keyOf(log.id, start + BLOCK)]);
    let position = start;
    for (const row of rows) if (row.position === position + 1) position++;
    return position;
  }
}

/** SQLite's rows have no prototype, which JSON doesn't mind but comparisons do. */
function plain(row: StoredEvent): StoredEvent {
  const { position, stream, version, type, payload, headers } = row;
  return { position, stream, version, type, payload, headers };
}
