import { DiscardedApps, PendingUploads, TagStore } from '@reprise/assets-core';
import { assetTables, SqliteDiscardedApps, SqlitePendingUploads, SqliteTagStore } from '@reprise/assets-sqlite';
import { Installation } from '@reprise/service-testing';
import { AssetsModule } from '../assets.module.js';

export function startInstallation(): Promise<Installation> {
  return Installation.start({
    module: AssetsModule,
    tables: [assetTables],
    ports: (database) => [
      [TagStore, new SqliteTagStore(database)],
      [PendingUploads, new SqlitePendingUploads(database)],
      [DiscardedApps, new SqliteDiscardedApps(database)],
    ],
  });
}
