import { type Job, type JobProgress, JobStore, type SegmentStage, type SharedStep, turnBack, turnBackSegments } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Announcer } from './announcer.js';
import { CleanUp } from './clean-up.js';
import { Dispatcher } from './dispatcher.js';
import { Moves, type Run } from './run.js';
import { segmentFailure } from './segment-reports.js';

/** The steps that all kinds of jobs have in common. */
@Injectable()
export class SharedSteps {
  constructor(
    private readonly store: JobStore,
    private readonly dispatcher: Dispatcher,
    private readonly cleanUp: CleanUp,
    private readonly announcer: Announcer,
    private readonly moves: Moves,
  ) {}

  /** True when there may be more to do at once. */
  async take(step: SharedStep, job: Job, progress: JobProgress, run: Run): Promise<boolean> {
    switch (step) {
      case 'dispatch':
        await this.dispatcher.dispatch(job, segmentStage(job));
        return false;
      case 'fail-segments':
        throw await segmentFailure(this.store, job, segmentStage(job));
      case 'cancel':
        await this.moves.from(job, run, (current, now) => turnBack(current, progress, now, { status: 'Cancelled' }), turnBackSegments);
        return true;
      case 'clean':
        await this.cleanUp.end(job, run);
        return true;
      case 'announce':
        await this.announcer.announceEnd(job, run);
        return true;
      case 'delete':
        await this.cleanUp.delete(job);
        return false;
      case 'wait':
      case 'nothing':
        return false;
    }
  }
}

/** The segments that the job's stage is made of. */
function segmentStage(job: Job): SegmentStage {
  if (job.kind === 'backup') return 'export';
  if (job.stage === 'cleaning') return 'discard';
  if (job.stage === 'comparing') return 'compare';
  return job.stage === 'rebuilding' ? 'rebuild' : 'import';
}
