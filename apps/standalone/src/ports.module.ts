import { RegistryStore } from '@reprise/app-registry-core';
import { RegistryConfig } from '@reprise/app-registry-service';
import { SqliteRegistryStore } from '@reprise/app-registry-sqlite';
import { DiscardedApps, PendingUploads, TagStore } from '@reprise/assets-core';
import { SqliteDiscardedApps, SqlitePendingUploads, SqliteTagStore } from '@reprise/assets-sqlite';
import { ArchivePool } from '@reprise/backup-archive';
import { JobStore } from '@reprise/backup-core';
import { BackupConfig } from '@reprise/backup-service';
import { ArchiveWorkerConfig } from '@reprise/backup-worker';
import { SqliteJobStore } from '@reprise/backup-sqlite';
import { EventLog, EventLogReader } from '@reprise/event-store-core';
import { EventStoreConfig } from '@reprise/event-store-service';
import { SqliteEventLog } from '@reprise/event-store-sqlite';
import { GatewayConfig } from '@reprise/gateway-service';
import { Clock, Logger, SystemClock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { ReadModelStore } from '@reprise/read-models-core';
import { SqliteReadModelStore } from '@reprise/read-models-sqlite';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { StandaloneConfig } from './config.js';
import type { Installation } from './installation.js';

export interface PortsOptions {
  config: StandaloneConfig;
  installation: Installation;
  bus: MessageBus;
  logger: Logger;
  version: string;
  /** Given each port by its token, answers what stands in for it; tests put faults and pauses in between. The adapter itself if absent. */
  around?: (<Port extends object>(token: unknown, port: Port) => Port) | undefined;
}

/** Which adapter stands behind each port of the services: SQLite, folders, messages within the process. */
@Module({})
export class PortsModule {
  static of({ config, installation, bus, logger, version, around = (_, port) => port }: PortsOptions): DynamicModule {
    const { database, assets, archives, pool } = installation;
    const { baseUrl, rootClientId, rootClientSecret } = config;
    const log = around(EventLog, new SqliteEventLog(database));
    const clock = around(Clock, new SystemClock());
    const ports = new Map<unknown, object>([
      [MessageBus, bus],
      [Logger, logger],
      [Clock, clock],
      [EventLog, log],
      [EventLogReader, log],
      [ReadModelStore, new SqliteReadModelStore(database)],
      [AssetObjects, assets],
      [ArchiveObjects, archives],
      [ArchivePool, pool],
      [RegistryStore, new SqliteRegistryStore(database)],
      [TagStore, new SqliteTagStore(database)],
      [PendingUploads, new SqlitePendingUploads(database)],
      [DiscardedApps, new SqliteDiscardedApps(database)],
      [JobStore, new SqliteJobStore(database, clock)],
      [RegistryConfig, new RegistryConfig({ sole: true, baseUrl, rootClientId, ...(rootClientSecret === undefined ? {} : { rootClientSecret }) })],
      [
        BackupConfig,
        new BackupConfig({
          sole: true,
          baseUrl,
          maxBackupsPerApp: config.maxBackupsPerApp,
          linkTtlSeconds: config.linkTtlSeconds,
          allowedHosts: config.restoreAllowedHosts,
          maxArchiveBytes: config.limits.maxArchiveBytes,
        }),
      ],
      [ArchiveWorkerConfig, new ArchiveWorkerConfig({ toolVersion: version, limits: config.limits })],
      [EventStoreConfig, new EventStoreConfig({ maxEventBytes: config.limits.maxEventBytes })],
      // All services are here: what is away for one request is so for the next, and whoever asks is told at once.
      [GatewayConfig, new GatewayConfig({ baseUrl, maxArchiveBytes: config.limits.maxArchiveBytes, patienceMs: 0 })],
    ]);
    const providers = [...ports].map(([provide, port]) => ({ provide, useValue: port === log || port === clock ? port : around(provide, port) }) as Provider);
    return { module: PortsModule, global: true, providers, exports: [...ports.keys()] as DynamicModule['exports'] & object };
  }
}
