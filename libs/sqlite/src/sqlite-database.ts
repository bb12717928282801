import { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';
import type { CallOptions } from './call-options.js';
import type { SqliteModule } from './sqlite-module.js';
import { toStorageError } from './sqlite-errors.js';
import { all, first, type SqlParameters } from './statements.js';
import { WriterThread } from './writer-thread.js';

/**
 * One database file. All writes are procedures that run in the writer's thread, so that requests stay quick while a job runs;
 * reads run in the calling thread on a read-only connection and see all that was acknowledged. Opens by itself after a crash.
 */
export class SqliteDatabase {
  private constructor(
    readonly file: string,
    private readonly writer: WriterThread,
    /** Read-only; for reads that {@link query} and {@link get} don't fit. */
    readonly reader: DatabaseSync,
  ) {}

  /** Creates the file and its folder if needed, and the tables of the modules. Errors: `storage.*`. */
  static async open(file: string, modules: SqliteModule[]): Promise<SqliteDatabase> {
    const writer = await WriterThread.start({ file, modules });
    try {
      const reader = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
      return new SqliteDatabase(file, writer, reader);
    } catch (error) {
      await writer.close();
      throw toStorageError(error);
    }
  }

  /**
   * Runs a procedure (`module.name`) as one atomic step and resolves when it is committed. What the procedure throws arrives here;
   * nothing of it was stored then.
   */
  call<Result>(procedure: string, args: unknown, options: CallOptions = {}): Promise<Result> {
    return this.writer.call(procedure, args, options) as Promise<Result>;
  }

  /** All rows, as plain objects by column name. Few SQL texts, values as parameters: statements are cached by text. */
  query<Row>(sql: string, params: SqlParameters = []): Row[] {
    return this.read(() => all<Row>(this.reader, sql, params));
  }

  /** The first row, if any. */
  get<Row>(sql: string, params: SqlParameters = []): Row | undefined {
    return this.read(() => first<Row>(this.reader, sql, params));
  }

  /** Several reads of one state of the database. The function must be synchronous. */
  snapshot<Result>(reads: () => Result): Result {
    return this.read(() => {
      this.reader.exec('BEGIN');
      try {
        return reads();
      } finally {
        this.reader.exec('COMMIT');
      }
    });
  }

  /** Finishes what was called, then closes. May be called again. */
  async close(): Promise<void> {
    await this.writer.drain();
    // The reader first: the last connection to close tidies up the WAL, and only the writer may.
    if (this.reader.isOpen) this.reader.close();
    await this.writer.close();
  }

  private read<Result>(reads: () => Result): Result {
    if (!this.reader.isOpen) throw new RepriseError('unavailable', 'storage.closed', 'The database is closed.');
    try {
      return reads();
    } catch (error) {
      throw toStorageError(error);
    }
  }
}
