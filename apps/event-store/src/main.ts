/** The event log, and the work on whole archives, as a process of a cluster. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ArchivePool } from '@reprise/backup-archive';
import { ArchiveWorkerConfig, ArchiveWorkerModule } from '@reprise/backup-worker';
import { EventLog, EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { EventStoreConfig, EventStoreModule } from '@reprise/event-store-service';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { runService } from '@reprise/service-host';
import { limitsOf } from '@reprise/settings';
import { Module } from '@nestjs/common';
import { SETTINGS } from './settings.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };

@Module({ imports: [EventStoreModule, ArchiveWorkerModule] })
class EventStoreProcess {}

await runService(
  {
    name: 'event-store',
    messages: 'event-store',
    module: EventStoreProcess,
    settings: SETTINGS,
    open: async ({ settings, connections }) => {
      const log = new MongoEventLog(await connections.database('event-store'));
      const limits = limitsOf(settings);
      const pool = new ArchivePool({ threads: settings.REPRISE_ARCHIVE_THREADS, maxEventBytes: limits.maxEventBytes });
      return {
        ports: [
          [EventLog, log],
          [EventLogReader, log],
          [ArchiveObjects, connections.objects('archives')],
          [AssetObjects, connections.objects('assets')],
          [ArchivePool, pool],
          [ArchiveWorkerConfig, new ArchiveWorkerConfig({ toolVersion: version, limits })],
          [EventStoreConfig, new EventStoreConfig({ maxEventBytes: limits.maxEventBytes })],
        ],
        close: () => pool.destroy(),
        sweep: () => log.sweep(),
      };
    },
  },
  process.env,
);
