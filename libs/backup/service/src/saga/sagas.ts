import type { Job, JobProgress } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { BackupSaga } from './backup-saga.js';
import { ProofSaga } from './proof-saga.js';
import { RestoreSaga } from './restore-saga.js';
import type { Run } from './run.js';
import { VerificationSaga } from './verification-saga.js';

/** The saga of each kind of job. */
@Injectable()
export class Sagas {
  constructor(
    private readonly backups: BackupSaga,
    private readonly restores: RestoreSaga,
    private readonly verifications: VerificationSaga,
    private readonly proofs: ProofSaga,
  ) {}

  /** Does the job's next step. True when there may be more to do at once. */
  step(job: Job, progress: JobProgress, run: Run): Promise<boolean> {
    switch (job.kind) {
      case 'backup':
        return this.backups.step(job, progress, run);
      case 'restore':
        return this.restores.step(job, progress, run);
      case 'verify':
        return this.verifications.step(job, progress, run);
      case 'prove':
        return this.proofs.step(job, progress, run);
    }
  }
}
