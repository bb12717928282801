import { Module } from '@nestjs/common';
import { ArchiveWorkerController } from './archive-worker.controller.js';
import { AssembleArchive } from './assemble-archive.js';
import { CheckArchive } from './check-archive.js';
import { InspectArchive } from './inspect-archive.js';

/**
 * Work on whole archives. The app provides `ArchiveWorkerConfig`, `MessageBus`, `EventLogReader`, `ArchiveObjects`, `AssetObjects`,
 * `ArchivePool`.
 */
@Module({
  controllers: [ArchiveWorkerController],
  providers: [AssembleArchive, CheckArchive, InspectArchive],
})
export class ArchiveWorkerModule {}
