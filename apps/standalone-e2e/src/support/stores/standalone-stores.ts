import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { registryTables, SqliteRegistryStore } from '@reprise/app-registry-sqlite';
import { eventLogTables, SqliteEventLog } from '@reprise/event-store-sqlite';
import { FolderObjectStore } from '@reprise/objects-fs';
import type { ReadRow } from '@reprise/read-models-core';
import { readModelTables, SqliteReadModelStore } from '@reprise/read-models-sqlite';
import { SqliteDatabase } from '@reprise/sqlite';
import type { Stores } from './stores.js';

const BUSY_MS = 5_000;

/** One file and two folders. */
export class StandaloneStores implements Stores {
  readonly log: SqliteEventLog;
  readonly registry: SqliteRegistryStore;
  readonly contents: SqliteReadModelStore;
  readonly archives: FolderObjectStore;
  readonly assets: FolderObjectStore;

  private constructor(
    private readonly file: string,
    private readonly database: SqliteDatabase,
    dataDir: string,
  ) {
    this.log = new SqliteEventLog(database);
    this.registry = new SqliteRegistryStore(database);
    this.contents = new SqliteReadModelStore(database);
    this.archives = new FolderObjectStore(join(dataDir, 'archives'));
    this.assets = new FolderObjectStore(join(dataDir, 'assets'));
  }

  static async open(dataDir: string): Promise<StandaloneStores> {
    const file = join(dataDir, 'reprise.db');
    return new StandaloneStores(file, await SqliteDatabase.open(file, [eventLogTables, readModelTables, registryTables]), dataDir);
  }

  async falsify(appId: string, { kind, id, state }: ReadRow): Promise<void> {
    const database = new DatabaseSync(this.file, { timeout: BUSY_MS });
    try {
      const ofApp = 'app = (SELECT id FROM read_apps WHERE app_id = ?)';
      database.prepare(`UPDATE read_rows SET state = ? WHERE ${ofApp} AND kind = ? AND id = ?`).run(state, appId, kind, id);
    } finally {
      database.close();
    }
  }

  async appsWithRows(): Promise<string[]> {
    const apps = this.database.query<{ app_id: string }>('SELECT app_id FROM read_apps WHERE id IN (SELECT app FROM read_rows)');
    return apps.map(({ app_id: id }) => id);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
