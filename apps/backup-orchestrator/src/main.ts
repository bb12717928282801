/** Jobs and their sagas as a process of a cluster. */
import 'reflect-metadata';
import { JobStore } from '@reprise/backup-core';
import { MongoJobStore } from '@reprise/backup-mongodb';
import { BackupConfig, BackupModule } from '@reprise/backup-service';
import { EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { ArchiveObjects } from '@reprise/objects-core';
import { runService } from '@reprise/service-host';
import { baseUrlOf } from '@reprise/settings';
import { SETTINGS } from './settings.js';

await runService(
  {
    name: 'backup-orchestrator',
    messages: 'backup',
    module: BackupModule,
    settings: SETTINGS,
    open: async ({ settings, connections }) => {
      const config = new BackupConfig({
        baseUrl: baseUrlOf(settings),
        maxBackupsPerApp: settings.REPRISE_MAX_BACKUPS_PER_APP,
        linkTtlSeconds: settings.REPRISE_LINK_TTL,
        allowedHosts: settings.REPRISE_RESTORE_ALLOWED_HOSTS,
        maxArchiveBytes: settings.REPRISE_MAX_ARCHIVE_BYTES,
      });
      return {
        ports: [
          [JobStore, new MongoJobStore(await connections.database('backup-orchestrator'))],
          [EventLogReader, new MongoEventLog(await connections.database('event-store'))],
          [ArchiveObjects, connections.objects('archives')],
          [BackupConfig, config],
        ],
      };
    },
  },
  process.env,
);
