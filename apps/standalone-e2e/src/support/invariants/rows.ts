import type { DatabaseSync } from 'node:sqlite';

/** A row's `text`, for queries that say themselves what is wrong. */
interface Text {
  text: string;
}

/** Jobs of which something may still be there. */
export const RUNNING_JOBS = `SELECT id FROM backup_jobs WHERE body ->> 'stage' <> 'finished'`;
/** Apps whose log may hold something. */
export const LIVING_LOGS = `SELECT app_id FROM event_logs WHERE state <> 'purged'`;

/** The database for reading. */
export class Rows {
  constructor(private readonly database: DatabaseSync) {}

  all<Row>(sql: string, ...params: (string | number)[]): Row[] {
    return this.database.prepare(sql).all(...params) as Row[];
  }

  texts(sql: string): string[] {
    return this.all<Text>(sql).map(({ text }) => text);
  }
}
