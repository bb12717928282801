import { Clock } from '@reprise/kernel';
import { Module } from '@nestjs/common';
import { JobViews } from './access/job-views.service.js';
import { Links } from './access/links.service.js';
import { AppsController } from './apps.controller.js';
import { BackupConfig } from './backup.config.js';
import { BackupsController } from './backups.controller.js';
import { ChecksController } from './checks.controller.js';
import { AddressPolicy } from './fetch/address-policy.js';
import { DOWNLOAD_LIMITS, Downloader } from './fetch/downloader.js';
import { KeptFragments } from './kept-fragments.js';
import { Leftovers } from './leftovers.js';
import { RestoresController } from './restores.controller.js';
import { Announcer } from './saga/announcer.js';
import { Assembly } from './saga/backup/assembly.js';
import { FinishBackup } from './saga/backup/finish-backup.js';
import { Reexports } from './saga/backup/reexports.js';
import { StartBackup } from './saga/backup/start-backup.js';
import { BackupSaga } from './saga/backup-saga.js';
import { CleanUp } from './saga/clean-up.js';
import { Dispatcher } from './saga/dispatcher.js';
import { CheckedBackup } from './saga/check/checked-backup.js';
import { CompareApps } from './saga/check/compare-apps.js';
import { ConcludeVerification } from './saga/check/conclude-verification.js';
import { PlanProof } from './saga/check/plan-proof.js';
import { StartCheck } from './saga/check/start-check.js';
import { JobRunner } from './saga/job-runner.js';
import { ProofSaga } from './saga/proof-saga.js';
import { DiscardApp } from './saga/replay/discard-app.js';
import { ImportedLog } from './saga/replay/imported-log.js';
import { RebuildApp } from './saga/replay/rebuild-app.js';
import { FetchArchive } from './saga/restore/fetch-archive.js';
import { FinishRestore } from './saga/restore/finish-restore.js';
import { PlanRestore } from './saga/restore/plan-restore.js';
import { PrepareRestore } from './saga/restore/prepare-restore.js';
import { StartRestore } from './saga/restore/start-restore.js';
import { RestoreSaga } from './saga/restore-saga.js';
import { Moves } from './saga/run.js';
import { Sagas } from './saga/sagas.js';
import { SharedSteps } from './saga/shared-steps.js';
import { TaskFindings } from './saga/task-findings.js';
import { VerificationSaga } from './saga/verification-saga.js';
import { SegmentsController } from './segments.controller.js';
import { Watchdog } from './watchdog.js';

/**
 * The backup orchestrator. The app provides `JobStore`, `BackupConfig`, `MessageBus`, `EventLogReader`, `ArchiveObjects`, `Clock`,
 * `Logger`.
 */
@Module({
  controllers: [AppsController, BackupsController, ChecksController, RestoresController, SegmentsController],
  providers: [
    {
      provide: Downloader,
      inject: [BackupConfig, Clock],
      useFactory: (config: BackupConfig, clock: Clock) =>
        new Downloader(new AddressPolicy(config.allowedHosts), clock, { ...DOWNLOAD_LIMITS, maxBytes: config.maxArchiveBytes }),
    },
    Announcer,
    Assembly,
    BackupSaga,
    CheckedBackup,
    CleanUp,
    CompareApps,
    ConcludeVerification,
    DiscardApp,
    Dispatcher,
    Reexports,
    FetchArchive,
    FinishBackup,
    FinishRestore,
    ImportedLog,
    JobRunner,
    JobViews,
    KeptFragments,
    Leftovers,
    Links,
    Moves,
    PlanProof,
    PlanRestore,
    PrepareRestore,
    ProofSaga,
    RebuildApp,
    RestoreSaga,
    Sagas,
    SharedSteps,
    StartBackup,
    StartCheck,
    StartRestore,
    TaskFindings,
    VerificationSaga,
    Watchdog,
  ],
})
export class BackupModule {}
