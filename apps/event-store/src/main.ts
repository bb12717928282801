/** The event log as a process of a cluster. */
import 'reflect-metadata';
import { ArchivePool } from '@reprise/backup-archive';
import { EventLog } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { EventStoreConfig, EventStoreModule } from '@reprise/event-store-service';
import { ArchiveObjects } from '@reprise/objects-core';
import { runService } from '@reprise/service-host';
import { SETTINGS } from './settings.js';

await runService(
  {
    name: 'event-store',
    messages: 'event-store',
    module: EventStoreModule,
    settings: SETTINGS,
    open: async ({ settings, connections }) => {
      const log = new MongoEventLog(await connections.database('event-store'));
      const pool = new ArchivePool({ maxEventBytes: settings.REPRISE_MAX_EVENT_BYTES });
      return {
        ports: [
          [EventLog, log],
          [ArchiveObjects, connections.objects('archives')],
          [ArchivePool, pool],
          [EventStoreConfig, new EventStoreConfig({ maxEventBytes: settings.REPRISE_MAX_EVENT_BYTES })],
        ],
        close: () => pool.destroy(),
        sweep: () => log.sweep(),
      };
    },
  },
  process.env,
);
