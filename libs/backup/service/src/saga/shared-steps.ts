import { type Job, type JobProgress, JobStore, type SegmentKind, type SegmentStage, type SharedStep, turnBack, turnBackSegments } from '@reprise/backup-core';
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
      case 'plan-task':
        await this.planTask(job, run);
        return true;
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

  private planTask(job: Job, run: Run): Promise<void> {
    const stage = segmentStage(job);
    const kind = TASKS[stage]!;
    return this.moves.from(
      job,
      run,
      (current) => ({ ...current }),
      () => ({ add: [{ id: kind, stage, kind, from: 0, to: 0 }] }),
    );
  }
}

/** The segments that the job's stages are made of. */
const SEGMENTS: Partial<Record<Job['stage'], SegmentStage>> = {
  exporting: 'export',
  assembling: 'assemble',
  checking: 'check',
  inspecting: 'inspect',
  importing: 'import',
  rebuilding: 'rebuild',
  comparing: 'compare',
  cleaning: 'discard',
};
/** Of stages that are one task. */
const TASKS: Partial<Record<SegmentStage, SegmentKind>> = { assemble: 'assemble-archive', check: 'check-archive', inspect: 'inspect-archive' };

function segmentStage({ id, stage }: Job): SegmentStage {
  const segments = SEGMENTS[stage];
  if (!segments) throw new Error(`The job ${id} has no segments while it is ${stage}.`);
  return segments;
}
