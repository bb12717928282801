import { DatabaseSync, type StatementSync } from 'node:sqlite';

/**
 * Counts the events of each stream in file order. The headers say it too, but they are hostile input. Kept in a table on disk: ten
 * million events may have millions of streams.
 */
export class StreamVersions {
  /** Without a name: SQLite's own temporary file, which is gone with this object, and with the process however that ends. */
  private readonly database = new DatabaseSync('');
  private readonly find: StatementSync;
  private readonly store: StatementSync;

  constructor() {
    // Nothing of it outlives this object, so nothing has to survive a crash.
    this.database.exec(
      'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE streams (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;',
    );
    this.find = this.database.prepare('SELECT next FROM streams WHERE name = ?');
    this.store = this.database.prepare('INSERT OR REPLACE INTO streams (name, next) VALUES (?, ?)');
  }

  /** The version of each event of a run, of which the streams are given in order. */
  next(streams: readonly string[]): number[] {
    const counts = new Map<string, number>();
    const versions = streams.map((stream) => {
      const version = counts.get(stream) ?? (this.find.get(stream) as { next: number } | undefined)?.next ?? 0;
      counts.set(stream, version + 1);
      return version;
    });
    this.database.exec('BEGIN');
    for (const [stream, next] of counts) this.store.run(stream, next);
    this.database.exec('COMMIT');
    return versions;
  }

  close(): void {
    this.database.close();
  }
}
