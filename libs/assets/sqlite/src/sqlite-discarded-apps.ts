import { DiscardedApps } from '@reprise/assets-core';
import type { SqliteDatabase } from '@reprise/sqlite';

export class SqliteDiscardedApps extends DiscardedApps {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async add(appId: string): Promise<void> {
    await this.database.call('assets.discard', { appId });
  }

  async has(appId: string): Promise<boolean> {
    return this.database.get('SELECT 1 FROM assets_discarded WHERE app_id = ?', [appId]) !== undefined;
  }
}
