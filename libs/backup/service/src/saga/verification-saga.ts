import { type JobProgress, nextVerificationStep, type VerificationJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { ConcludeVerification } from './check/conclude-verification.js';
import { StartCheck } from './check/start-check.js';
import type { Run } from './run.js';
import { SharedSteps } from './shared-steps.js';

/** Does what {@link nextVerificationStep} says. */
@Injectable()
export class VerificationSaga {
  constructor(
    private readonly starting: StartCheck,
    private readonly conclusion: ConcludeVerification,
    private readonly shared: SharedSteps,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: VerificationJob, progress: JobProgress, run: Run): Promise<boolean> {
    const step = nextVerificationStep(job, progress);
    switch (step) {
      case 'start':
        await this.starting.run(job, run);
        return true;
      case 'conclude':
        await this.conclusion.run(job, run);
        return true;
      default:
        return this.shared.take(step, job, progress, run);
    }
  }
}
