import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { MessageBus, PatientBus } from '@reprise/messaging-core';
import { AppSettingsController } from './apps/app-settings.controller.js';
import { AppsController } from './apps/apps.controller.js';
import { ContributorsController } from './apps/contributors.controller.js';
import { AssetFilesController } from './assets/asset-files.controller.js';
import { AssetUploads } from './assets/asset-uploads.js';
import { AssetsController } from './assets/assets.controller.js';
import { BackupsController } from './backups/backups.controller.js';
import { DownloadsController } from './backups/downloads.controller.js';
import { RestoresController } from './backups/restores.controller.js';
import { ContentsController } from './contents/contents.controller.js';
import { GatewayConfig } from './gateway.config.js';
import { AccessGuard } from './http/access.guard.js';
import { ErrorFilter } from './http/error.filter.js';
import { patienceOfCaller } from './http/patience.js';
import { Principals } from './http/principals.js';
import { RulesController } from './rules/rules.controller.js';
import { SchemasController } from './schemas/schemas.controller.js';
import { SessionController } from './session/session.controller.js';
import { UsersController } from './users/users.controller.js';

/** HTTP in, messages out. Needs MessageBus, AssetObjects, ArchiveObjects, Clock, Logger and {@link GatewayConfig} of the app. */
@Module({
  controllers: [
    SessionController,
    // Before the apps: its paths `restore` and `jobs` are no names of apps.
    RestoresController,
    DownloadsController,
    AppsController,
    AppSettingsController,
    ContributorsController,
    SchemasController,
    ContentsController,
    AssetsController,
    AssetFilesController,
    RulesController,
    UsersController,
    BackupsController,
  ],
  providers: [
    Principals,
    AssetUploads,
    {
      provide: PatientBus,
      useFactory: (bus: MessageBus, { patienceMs }: GatewayConfig) => new PatientBus(bus, () => patienceOfCaller(patienceMs)),
      inject: [MessageBus, GatewayConfig],
    },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
})
export class GatewayModule {}
