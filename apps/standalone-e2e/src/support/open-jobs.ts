import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The documents of jobs that still have something to do, read past the server. */
export function openJobs(dataDir: string): string[] {
  const database = new DatabaseSync(join(dataDir, 'reprise.db'), { readOnly: true, timeout: 5_000 });
  try {
    const rows = database.prepare('SELECT body FROM backup_jobs WHERE needs_work = 1').all() as { body: string }[];
    return rows.map(({ body }) => body);
  } finally {
    database.close();
  }
}
