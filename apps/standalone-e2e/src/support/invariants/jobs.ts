import type { Rows } from './rows.js';

/** Every job has ended and said so, and left no segment. */
export function jobViolations(rows: Rows): string[] {
  return [
    ...rows.texts(
      `SELECT 'The ' || kind || ' ' || id || ' has not ended: it is ' || (body ->> 'stage') AS text FROM backup_jobs WHERE body ->> 'stage' <> 'finished'`,
    ),
    ...rows.texts(`
      SELECT 'The ' || kind || ' ' || id || ' has not told its end, or was not removed' AS text FROM backup_jobs
      WHERE body ->> 'stage' = 'finished' AND (needs_work <> 0 OR running <> 0)`),
    ...rows.texts(`
      SELECT DISTINCT 'There are segments of ' || job_id || ', which has ended or is gone' AS text FROM backup_segments
      WHERE job_id NOT IN (SELECT id FROM backup_jobs WHERE body ->> 'stage' <> 'finished')`),
  ];
}
