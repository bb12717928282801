import { registryCollections } from '@reprise/app-registry-mongodb';
import { assetCollections } from '@reprise/assets-mongodb';
import { backupCollections } from '@reprise/backup-mongodb';
import { eventLogCollections } from '@reprise/event-store-mongodb';
import type { MongoModule } from '@reprise/mongodb';
import { readModelCollections } from '@reprise/read-models-mongodb';

/** Which service keeps what in its database. Only `event-store` writes its own; the others read the log there. */
export const DATABASES = {
  'event-store': [eventLogCollections],
  'app-registry': [registryCollections, readModelCollections],
  contents: [readModelCollections],
  assets: [assetCollections, readModelCollections],
  'backup-orchestrator': [backupCollections],
} as const satisfies Record<string, readonly MongoModule[]>;

export type DatabaseName = keyof typeof DATABASES;
