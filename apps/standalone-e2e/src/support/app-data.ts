import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { filesBelow } from './invariants/files.js';

/** What lies in the tables of an app, beside the positions of its read models; `?` is its id. */
const TABLES = {
  events: `SELECT key & 4294967295 AS position, name AS stream, version, type, payload, headers FROM events JOIN event_streams ON event_streams.id = stream_id
    JOIN event_logs ON event_logs.id = log_id WHERE app_id = ? ORDER BY key`,
  log: 'SELECT state, head, epoch FROM event_logs WHERE app_id = ?',
  models: 'SELECT model, position, discarded FROM read_models JOIN read_apps ON id = app WHERE app_id = ? ORDER BY model',
  rows: `SELECT kind, read_rows.id, version, parent, name, sort, visible, published, state FROM read_rows JOIN read_apps ON read_apps.id = app
    WHERE app_id = ? ORDER BY kind, read_rows.id`,
  tags: 'SELECT ordinal, id, name, count FROM assets_tags WHERE app_id = ? ORDER BY ordinal',
  aliases: 'SELECT ordinal, old_name, new_name FROM assets_tag_aliases WHERE app_id = ? ORDER BY ordinal',
  uploads: 'SELECT upload_id FROM assets_uploads WHERE app_id = ? ORDER BY upload_id',
  profile: 'SELECT settings, avatar_key, avatar_size FROM registry_profiles WHERE app_id = ?',
  name: 'SELECT state FROM registry_apps WHERE app_id = ?',
};

/**
 * All that is stored of an app, row by row and file by file (as SHA-256), without what is its own: id, name, and the job that made it.
 * Equal for two apps that are the same to the last byte.
 */
export async function appData(dataDir: string, name: string): Promise<Record<string, string>> {
  const database = open(dataDir);
  try {
    const app = database.prepare(`SELECT app_id, holder FROM registry_apps WHERE name = ? AND state = 'living'`).get(name) as {
      app_id: string;
      holder: string;
    };
    const neutral = (text: string) => text.replaceAll(app.app_id, '{app}').replaceAll(app.holder, '{job}').replaceAll(name, '{name}');
    const data: Record<string, string> = {};
    for (const [table, sql] of Object.entries(TABLES)) {
      for (const [index, row] of database.prepare(sql).all(app.app_id).entries()) data[`${table} ${index}`] = neutral(JSON.stringify(row));
    }
    const folder = join(dataDir, 'assets', app.app_id);
    for (const { key } of await filesBelow(folder))
      data[`file ${neutral(key)}`] = createHash('sha256')
        .update(await readFile(join(folder, key)))
        .digest('hex');
    return data;
  } finally {
    database.close();
  }
}

/** The digest over all that is in a backup's archive, as its manifest tells it. */
export function rootOf(dataDir: string, jobId: string): string {
  const database = open(dataDir);
  try {
    return (database.prepare(`SELECT body ->> 'root' AS root FROM backup_jobs WHERE id = ?`).get(jobId) as { root: string }).root;
  } finally {
    database.close();
  }
}

function open(dataDir: string): DatabaseSync {
  return new DatabaseSync(join(dataDir, 'reprise.db'), { readOnly: true });
}
