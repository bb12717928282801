/** Schemas, contents and rules as a process of a cluster. */
import 'reflect-metadata';
import { ContentsModule } from '@reprise/contents-service';
import { EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { ReadModelStore } from '@reprise/read-models-core';
import { MongoReadModelStore } from '@reprise/read-models-mongodb';
import { runService } from '@reprise/service-host';
import { SETTINGS } from './settings.js';

await runService(
  {
    name: 'contents',
    messages: 'contents',
    module: ContentsModule,
    settings: SETTINGS,
    open: async ({ connections }) => ({
      ports: [
        [EventLogReader, new MongoEventLog(await connections.database('event-store'))],
        [ReadModelStore, new MongoReadModelStore(await connections.database('contents'))],
      ],
    }),
  },
  process.env,
);
