import { Clock } from '@reprise/kernel';
import { Module } from '@nestjs/common';
import { JobViews } from './access/job-views.service.js';
import { Links } from './access/links.service.js';
import { BackupConfig } from './backup.config.js';
import { BackupsController } from './backups.controller.js';
import { AddressPolicy } from './fetch/address-policy.js';
import { DOWNLOAD_LIMITS, Downloader } from './fetch/downloader.js';
import { RestoresController } from './restores.controller.js';
import { Resumer } from './resumer.js';
import { Announcer } from './saga/announcer.js';
import { AssembleArchive } from './saga/backup/assemble-archive.js';
import { StartBackup } from './saga/backup/start-backup.js';
import { VerifyArchive } from './saga/backup/verify-archive.js';
import { BackupSaga } from './saga/backup-saga.js';
import { CleanUp } from './saga/clean-up.js';
import { Dispatcher } from './saga/dispatcher.js';
import { JobRunner } from './saga/job-runner.js';
import { DiscardRestore } from './saga/restore/discard-restore.js';
import { FetchArchive } from './saga/restore/fetch-archive.js';
import { FinishRestore } from './saga/restore/finish-restore.js';
import { InspectArchive } from './saga/restore/inspect-archive.js';
import { PrepareRestore } from './saga/restore/prepare-restore.js';
import { StartRestore } from './saga/restore/start-restore.js';
import { RestoreSaga } from './saga/restore-saga.js';
import { Moves } from './saga/run.js';
import { SharedSteps } from './saga/shared-steps.js';
import { SegmentsController } from './segments.controller.js';

/**
 * The backup orchestrator. The app provides `JobStore`, `BackupConfig`, `MessageBus`, `EventLogReader`, `ArchiveObjects`,
 * `AssetObjects`, `ArchivePool`, `Clock`, `Logger`.
 */
@Module({
  controllers: [BackupsController, RestoresController, SegmentsController],
  providers: [
    {
      provide: Downloader,
      inject: [BackupConfig, Clock],
      useFactory: (config: BackupConfig, clock: Clock) =>
        new Downloader(new AddressPolicy(config.allowedHosts), clock, { ...DOWNLOAD_LIMITS, maxBytes: config.maxArchiveBytes }),
    },
    Announcer,
    AssembleArchive,
    BackupSaga,
    CleanUp,
    DiscardRestore,
    Dispatcher,
    FetchArchive,
    FinishRestore,
    InspectArchive,
    JobRunner,
    JobViews,
    Links,
    Moves,
    PrepareRestore,
    RestoreSaga,
    Resumer,
    SharedSteps,
    StartBackup,
    StartRestore,
    VerifyArchive,
  ],
})
export class BackupModule {}
