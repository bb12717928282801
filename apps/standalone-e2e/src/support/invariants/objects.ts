import { archiveObjectViolations, assetObjectOf } from '@reprise/backup-testing';
import type { StoredFile } from './files.js';
import { type Rows, RUNNING_JOBS } from './rows.js';

interface AssetEvent {
  appId: string;
  stream: string;
  type: string;
  payload: string;
  headers: string;
  position: number;
}

/** Each file in the store of assets is named by an event of a living log, by a profile, or by an upload that waits. */
export function assetFileViolations(rows: Rows, files: StoredFile[]): string[] {
  const named = new Set<string>();
  const events = rows.all<AssetEvent>(`
    SELECT app_id AS appId, name AS stream, type, payload, headers, key & 4294967295 AS position
    FROM events JOIN event_streams ON event_streams.id = stream_id JOIN event_logs ON event_logs.id = log_id WHERE kind = 'asset'`);
  for (const event of events) {
    const key = assetObjectOf(event.appId, event);
    if (key !== undefined) named.add(key);
  }
  for (const { key } of rows.all<{ key: string }>('SELECT avatar_key AS key FROM registry_profiles WHERE avatar_key IS NOT NULL')) named.add(key);
  for (const { key } of rows.all<{ key: string }>(`SELECT app_id || '/' || upload_id AS key FROM assets_uploads`)) named.add(key);
  return files.filter(({ key }) => !named.has(key)).map(({ key }) => `The file assets/${key} is nobody's`);
}

/** Of the store of archives, by {@link archiveObjectViolations}. */
export function workFileViolations(rows: Rows, files: StoredFile[]): string[] {
  const living = new Set(rows.all<{ id: string }>(`SELECT app_id AS id FROM registry_apps WHERE state = 'living'`).map(({ id }) => id));
  const running = new Set(rows.all<{ id: string }>(RUNNING_JOBS).map(({ id }) => id));
  const uploads = new Set(
    rows
      .all<{ key: string }>(
        `SELECT key FROM backup_uploads UNION SELECT key FROM backup_uploads_given_up
         UNION SELECT body ->> '$.source.key' FROM backup_jobs WHERE body ->> '$.source.kind' = 'upload' AND body ->> 'stage' <> 'finished'`,
      )
      .map(({ key }) => key),
  );
  const archives = new Map(completedBackups(rows).map(({ key, size }) => [key, size]));
  return archiveObjectViolations(files, { archives, living, running, uploads });
}

export function completedBackups(rows: Rows): { key: string; size: number; root: string }[] {
  return rows.all(
    `SELECT body ->> '$.archive.key' AS key, body ->> '$.archive.size' AS size, body ->> 'root' AS root FROM backup_jobs WHERE kind = 'backup' AND body ->> 'status' = 'Completed'`,
  );
}
