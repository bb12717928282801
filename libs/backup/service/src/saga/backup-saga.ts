import { type BackupJob, JobStore, nextBackupStep, type JobProgress, turnBack, turnBackSegments } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Announcer } from './announcer.js';
import { AssembleArchive } from './backup/assemble-archive.js';
import { StartBackup } from './backup/start-backup.js';
import { VerifyArchive } from './backup/verify-archive.js';
import { CleanUp } from './clean-up.js';
import { Dispatcher } from './dispatcher.js';
import { Moves, type Run } from './run.js';
import { segmentFailure } from './segment-reports.js';

/** Does what {@link nextBackupStep} says. */
@Injectable()
export class BackupSaga {
  constructor(
    private readonly store: JobStore,
    private readonly starting: StartBackup,
    private readonly assembly: AssembleArchive,
    private readonly verification: VerifyArchive,
    private readonly dispatcher: Dispatcher,
    private readonly cleanUp: CleanUp,
    private readonly announcer: Announcer,
    private readonly moves: Moves,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: BackupJob, progress: JobProgress, run: Run): Promise<boolean> {
    switch (nextBackupStep(job, progress)) {
      case 'start':
        await this.starting.run(job);
        return true;
      case 'dispatch':
        await this.dispatcher.dispatch(job, 'export');
        await this.announcer.show(job);
        return false;
      case 'assemble':
        await this.assembly.run(job, progress, run);
        return true;
      case 'verify':
        await this.verification.run(job, run);
        await this.cleanUp.removeWork(job);
        await this.moves.end(job);
        return true;
      case 'fail-segments':
        throw await segmentFailure(this.store, job, 'export');
      case 'cancel':
        await this.moves.from(job, (current, now) => turnBack(current, progress, now, { status: 'Cancelled' }), turnBackSegments);
        return true;
      case 'clean':
        await this.cleanUp.end(job);
        return true;
      case 'announce':
        await this.announcer.announceEnd(job);
        return true;
      case 'delete':
        await this.cleanUp.delete(job);
        return false;
      case 'wait':
        await this.announcer.show(job);
        return false;
      case 'nothing':
        return false;
    }
  }
}
