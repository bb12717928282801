import { type JobProgress, nextProofStep, type ProofJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { CompareApps } from './check/compare-apps.js';
import { PlanProof } from './check/plan-proof.js';
import { StartCheck } from './check/start-check.js';
import { DiscardApp } from './replay/discard-app.js';
import { RebuildApp } from './replay/rebuild-app.js';
import type { Run } from './run.js';
import { SharedSteps } from './shared-steps.js';

/** Does what {@link nextProofStep} says. */
@Injectable()
export class ProofSaga {
  constructor(
    private readonly starting: StartCheck,
    private readonly planning: PlanProof,
    private readonly rebuilding: RebuildApp,
    private readonly comparing: CompareApps,
    private readonly discarding: DiscardApp,
    private readonly shared: SharedSteps,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: ProofJob, progress: JobProgress, run: Run): Promise<boolean> {
    const step = nextProofStep(job, progress);
    switch (step) {
      case 'start':
        await this.starting.run(job, run);
        return true;
      case 'plan':
        await this.planning.run(job, run);
        return true;
      case 'rebuild':
        await this.rebuilding.run(job, progress, run);
        return true;
      case 'compare':
        await this.comparing.begin(job, progress, run);
        return true;
      case 'conclude':
        await this.comparing.conclude(job, run);
        return true;
      case 'retry-discard':
        await this.discarding.again(job, run);
        return false;
      default:
        return this.shared.take(step, job, progress, run);
    }
  }
}
