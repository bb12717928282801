/** Jobs and their sagas as a process of a cluster. */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ArchivePool } from '@reprise/backup-archive';
import { JobStore } from '@reprise/backup-core';
import { MongoJobStore } from '@reprise/backup-mongodb';
import { BackupConfig, BackupModule } from '@reprise/backup-service';
import { EventLogReader } from '@reprise/event-store-core';
import { MongoEventLog } from '@reprise/event-store-mongodb';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { runService } from '@reprise/service-host';
import { baseUrlOf, limitsOf } from '@reprise/settings';
import { SETTINGS } from './settings.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };

await runService(
  {
    name: 'backup-orchestrator',
    messages: 'backup',
    module: BackupModule,
    settings: SETTINGS,
    open: async ({ settings, connections }) => {
      const limits = limitsOf(settings);
      const pool = new ArchivePool({ maxEventBytes: limits.maxEventBytes });
      const config = new BackupConfig({
        baseUrl: baseUrlOf(settings),
        toolVersion: version,
        maxBackupsPerApp: settings.REPRISE_MAX_BACKUPS_PER_APP,
        linkTtlSeconds: settings.REPRISE_LINK_TTL,
        allowedHosts: settings.REPRISE_RESTORE_ALLOWED_HOSTS,
        limits,
      });
      return {
        ports: [
          [JobStore, new MongoJobStore(await connections.database('backup-orchestrator'))],
          [EventLogReader, new MongoEventLog(await connections.database('event-store'))],
          [ArchiveObjects, connections.objects('archives')],
          [AssetObjects, connections.objects('assets')],
          [ArchivePool, pool],
          [BackupConfig, config],
        ],
        close: () => pool.destroy(),
      };
    },
  },
  process.env,
);
