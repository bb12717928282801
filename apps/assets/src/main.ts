/** Asset files, their metadata, folders and tags as a process of a cluster. */
import 'reflect-metadata';
import { DiscardedApps, PendingUploads, TagStore } from '@reprise/assets-core';
import { MongoDiscardedApps, MongoPendingUploads, MongoTagStore } from '@reprise/assets-mongodb';
import { AssetsModule } from '@reprise/assets-service';
import { EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { ReadModelStore } from '@reprise/read-models-core';
import { MongoReadModelStore } from '@reprise/read-models-mongodb';
import { runService } from '@reprise/service-host';
import { SETTINGS } from './settings.js';

await runService(
  {
    name: 'assets',
    messages: 'assets',
    module: AssetsModule,
    settings: SETTINGS,
    open: async ({ connections }) => {
      const own = await connections.database('assets');
      return {
        ports: [
          [TagStore, new MongoTagStore(own)],
          [PendingUploads, new MongoPendingUploads(own)],
          [DiscardedApps, new MongoDiscardedApps(own)],
          [EventLogReader, new MongoEventLog(await connections.database('event-store'))],
          [ReadModelStore, new MongoReadModelStore(own)],
          [AssetObjects, connections.objects('assets')],
          [ArchiveObjects, connections.objects('archives')],
        ],
      };
    },
  },
  process.env,
);
