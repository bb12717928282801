import type { DatabaseSync } from 'node:sqlite';
import type { RepriseError } from '@reprise/kernel';
import { first, run } from './statements.js';

/** Ids of apps that were discarded: they are never used again, and what comes late for one is refused. */
export class Tombstones {
  /** Creates the table. */
  readonly schema: string;

  constructor(
    private readonly table: string,
    private readonly refusal: () => RepriseError,
  ) {
    this.schema = `CREATE TABLE IF NOT EXISTS ${table} (app_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;`;
  }

  add(db: DatabaseSync, appId: string): void {
    run(db, `INSERT OR IGNORE INTO ${this.table} (app_id) VALUES (?)`, [appId]);
  }

  /** Throws the refusal for an app that was discarded. */
  check(db: DatabaseSync, appId: string): void {
    if (first(db, `SELECT 1 FROM ${this.table} WHERE app_id = ?`, [appId])) throw this.refusal();
  }
}
