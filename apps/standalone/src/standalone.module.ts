import { AppRegistryModule } from '@reprise/app-registry-service';
import { AssetsModule } from '@reprise/assets-service';
import { BackupModule } from '@reprise/backup-service';
import { ArchiveWorkerModule } from '@reprise/backup-worker';
import { ContentsModule } from '@reprise/contents-service';
import { EventStoreModule } from '@reprise/event-store-service';
import { GatewayModule } from '@reprise/gateway-service';
import { type DynamicModule, Module } from '@nestjs/common';
import { PortsModule, type PortsOptions } from './ports.module.js';

/** All services in one process. None of them knows it. */
@Module({})
export class StandaloneModule {
  static of(ports: PortsOptions): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [PortsModule.of(ports), EventStoreModule, ArchiveWorkerModule, AppRegistryModule, ContentsModule, AssetsModule, BackupModule, GatewayModule],
    };
  }
}
