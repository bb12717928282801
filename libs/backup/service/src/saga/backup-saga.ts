import { type BackupJob, nextBackupStep, type JobProgress } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Assembly } from './backup/assembly.js';
import { StartBackup } from './backup/start-backup.js';
import { FinishBackup } from './backup/finish-backup.js';
import type { Run } from './run.js';
import { SharedSteps } from './shared-steps.js';

/** Does what {@link nextBackupStep} says. */
@Injectable()
export class BackupSaga {
  constructor(
    private readonly starting: StartBackup,
    private readonly assembly: Assembly,
    private readonly finishing: FinishBackup,
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
        await this.assembly.begin(job, progress, run);
        return true;
      case 'take-archive':
        await this.assembly.end(job, run);
        return true;
      case 'finish':
        await this.finishing.run(job, run);
        return true;
      case 'fail-segments':
        return (await this.assembly.tryAgain(job, run)) || this.shared.take(step, job, progress, run);
      default:
        return this.shared.take(step, job, progress, run);
    }
  }
}
