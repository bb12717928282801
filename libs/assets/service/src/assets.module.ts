import { Module } from '@nestjs/common';
import { AssetModel } from './asset-model.js';
import { CommandsController } from './commands/commands.controller.js';
import { AssetExport } from './participant/asset-export.js';
import { AssetImport } from './participant/asset-import.js';
import { ParticipantController } from './participant/participant.controller.js';
import { QueriesController } from './queries/queries.controller.js';
import { TagNames } from './queries/tag-names.js';
import { AbandonedUploads } from './uploads/abandoned-uploads.js';
import { Uploads } from './uploads/uploads.js';

/**
 * Asset files, metadata, folders and tags. The app provides the ports: TagStore, PendingUploads, DiscardedApps, EventLogReader,
 * ReadModelStore, AssetObjects, ArchiveObjects, MessageBus, Clock, Logger.
 */
@Module({
  controllers: [CommandsController, QueriesController, ParticipantController],
  providers: [AssetModel, Uploads, AbandonedUploads, TagNames, AssetExport, AssetImport],
})
export class AssetsModule {}
