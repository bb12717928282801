import { type BackupJob, nextBackupStep, type JobProgress } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { AssembleArchive } from './backup/assemble-archive.js';
import { StartBackup } from './backup/start-backup.js';
import { VerifyArchive } from './backup/verify-archive.js';
import type { Run } from './run.js';
import { SharedSteps } from './shared-steps.js';

/** Does what {@link nextBackupStep} says. */
@Injectable()
export class BackupSaga {
  constructor(
    private readonly starting: StartBackup,
    private readonly assembly: AssembleArchive,
    private readonly verification: VerifyArchive,
    private readonly shared: SharedSteps,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: BackupJob, progress: JobProgress, run: Run): Promise<boolean> {
    const step = nextBackupStep(job, progress);
    switch (step) {
      case 'start':
        await this.starting.run(job, run);
        return true;
      case 'assemble':
        await this.assembly.run(job, progress, run);
        return true;
      case 'verify':
        await this.verification.run(job, run);
        return true;
      default:
        return this.shared.take(step, job, progress, run);
    }
  }
}
