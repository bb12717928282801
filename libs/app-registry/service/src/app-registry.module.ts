import { Module } from '@nestjs/common';
import { AppModel } from './apps/app-model.js';
import { AppsController } from './apps/apps.controller.js';
import { ContributorsController } from './apps/contributors.controller.js';
import { CreateAppSaga } from './apps/create-app.saga.js';
import { SettingsController } from './apps/settings.controller.js';
import { UnfinishedApps } from './apps/unfinished-apps.js';
import { NamesController } from './participant/names.controller.js';
import { ParticipantController } from './participant/participant.controller.js';
import { RegistryImport } from './participant/registry-import.js';
import { RootClientNotice } from './root-client/root-client.notice.js';
import { RootClientSetup } from './root-client/root-client.setup.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { Tokens } from './tokens/tokens.js';
import { TokensController } from './tokens/tokens.controller.js';
import { Users } from './users/users.js';
import { UsersController } from './users/users.controller.js';

/**
 * Names, settings, users, clients and tokens. The app provides the ports (RegistryStore, MessageBus, EventLogReader, ReadModelStore,
 * AssetObjects, ArchiveObjects, Clock, Logger) and a RegistryConfig.
 */
@Module({
  controllers: [AppsController, SettingsController, ContributorsController, UsersController, TokensController, NamesController, ParticipantController],
  providers: [AppModel, CreateAppSaga, UnfinishedApps, Users, SigningKeys, Tokens, RegistryImport, RootClientNotice, RootClientSetup],
  exports: [RootClientNotice],
})
export class AppRegistryModule {}
