import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Streams that are counted in memory: 14 MB, measured. An event mostly follows others of its stream. */
const IN_MEMORY = 100_000;

/**
 * Counts the events of each stream in file order. The headers say it too, but they are hostile input. What has not come up for long is kept in
 * a table on disk: ten million events may have millions of streams.
 */
export class StreamVersions {
  /** The next version of each stream that came up lately. */
  private readonly counts = new Map<string, number>();
  /** Without a name: SQLite's own temporary file, which is gone with this object, and with the process however that ends. */
  private readonly database = new DatabaseSync('');
  private readonly find: StatementSync;
  private readonly store: StatementSync;
  private stored = false;

  constructor(private readonly inMemory = IN_MEMORY) {
    // Nothing of it outlives this object, so nothing has to survive a crash.
    this.database.exec(
      'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE streams (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;',
    );
    this.find = this.database.prepare('SELECT next FROM streams WHERE name = ?');
    this.store = this.database.prepare('INSERT OR REPLACE INTO streams (name, next) VALUES (?, ?)');
  }

  /** The version of each event of a run, of which the streams are given in order. */
  next(streams: readonly string[]): number[] {
    if (this.counts.size > this.inMemory) this.putAway();
    return streams.map((stream) => {
      const version = this.counts.get(stream) ?? this.storedNext(stream);
      this.counts.set(stream, version + 1);
      return version;
    });
  }

  close(): void {
    this.database.close();
  }

  private storedNext(stream: string): number {
    return this.stored ? ((this.find.get(stream) as { next: number } | undefined)?.next ?? 0) : 0;
  }

  private putAway(): void {
    this.database.exec('BEGIN');
    for (const [stream, next] of this.counts) this.store.run(stream, next);
    this.database.exec('COMMIT');
    this.counts.clear();
    this.stored = true;
  }
}
