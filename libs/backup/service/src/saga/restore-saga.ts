import { type JobProgress, nextRestoreStep, type RestoreJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { DiscardApp } from './replay/discard-app.js';
import { RebuildApp } from './replay/rebuild-app.js';
import { FetchArchive } from './restore/fetch-archive.js';
import { FinishRestore } from './restore/finish-restore.js';
import { PlanRestore } from './restore/plan-restore.js';
import { PrepareRestore } from './restore/prepare-restore.js';
import { StartRestore } from './restore/start-restore.js';
import type { Run } from './run.js';
import { SharedSteps } from './shared-steps.js';

/** Does what {@link nextRestoreStep} says. */
@Injectable()
export class RestoreSaga {
  constructor(
    private readonly starting: StartRestore,
    private readonly fetching: FetchArchive,
    private readonly planning: PlanRestore,
    private readonly preparation: PrepareRestore,
    private readonly rebuilding: RebuildApp,
    private readonly finishing: FinishRestore,
    private readonly discarding: DiscardApp,
    private readonly shared: SharedSteps,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: RestoreJob, progress: JobProgress, run: Run): Promise<boolean> {
    const step = nextRestoreStep(job, progress);
    switch (step) {
      case 'start':
        await this.starting.run(job, run);
        return true;
      case 'fetch':
        await this.fetching.run(job, run);
        return true;
      case 'plan':
        await this.planning.run(job, run);
        return true;
      case 'prepare':
        await this.preparation.run(job, run);
        return true;
      case 'rebuild':
        await this.rebuilding.run(job, progress, run);
        return true;
      case 'prove':
        await this.finishing.prove(job, progress, run);
        return true;
      case 'take':
        await this.finishing.take(job, run);
        return true;
      case 'retry-discard':
        await this.discarding.again(job, run);
        return false;
      default:
        return this.shared.take(step, job, progress, run);
    }
  }
}
