import { assetObjectKeyOf } from '@reprise/assets-core';
import { assetFileOf } from '@reprise/backup-archive';
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
  for (const event of events) if (assetFileOf(event, event.position)) named.add(assetObjectKeyOf(event.appId, event));
  for (const { key } of rows.all<{ key: string }>('SELECT avatar_key AS key FROM registry_profiles WHERE avatar_key IS NOT NULL')) named.add(key);
  for (const { key } of rows.all<{ key: string }>(`SELECT app_id || '/' || upload_id AS key FROM assets_uploads`)) named.add(key);
  return files.filter(({ key }) => !named.has(key)).map(({ key }) => `The file assets/${key} is nobody's`);
}

/** Each file in the store of archives is a completed backup's, a running job's, an upload that waits or kept for a living app; no completed backup lacks its own. */
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
  const violations = files.flatMap(({ key, size }) => {
    if (archives.has(key)) return archives.get(key) === size ? [] : [`The archive ${key} has ${size} bytes, its backup says ${archives.get(key)}`];
    const keptFor = /^fragments\/([^/]+)\//.exec(key)?.[1];
    if (keptFor !== undefined) return living.has(keptFor) ? [] : [`The file archives/${key} is kept for an app that doesn't live`];
    const ofJob = /^jobs\/([^/]+)\//.exec(key)?.[1];
    return uploads.has(key) || (ofJob !== undefined && running.has(ofJob)) ? [] : [`The file archives/${key} is nobody's`];
  });
  const there = new Set(files.map(({ key }) => key));
  return [...violations, ...[...archives.keys()].filter((key) => !there.has(key)).map((key) => `The archive ${key} of a completed backup is not there`)];
}

export function completedBackups(rows: Rows): { key: string; size: number; root: string }[] {
  return rows.all(
    `SELECT body ->> '$.archive.key' AS key, body ->> '$.archive.size' AS size, body ->> 'root' AS root FROM backup_jobs WHERE kind = 'backup' AND body ->> 'status' = 'Completed'`,
  );
}
