import { type JobProgress, JobStore, nextRestoreStep, type RestoreJob, turnBack, turnBackSegments } from '@reprise/backup-core';
import { advanceJob } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { Announcer } from './announcer.js';
import { CleanUp } from './clean-up.js';
import { Dispatcher } from './dispatcher.js';
import { FetchArchive } from './restore/fetch-archive.js';
import { FinishRestore } from './restore/finish-restore.js';
import { InspectArchive } from './restore/inspect-archive.js';
import { PrepareRestore } from './restore/prepare-restore.js';
import { StartRestore } from './restore/start-restore.js';
import { Moves, type Run } from './run.js';
import { segmentFailure } from './segment-reports.js';

/** A participant that can't discard now is asked again after so long. */
const DISCARD_AGAIN_MS = 30_000;

/** Does what {@link nextRestoreStep} says. */
@Injectable()
export class RestoreSaga {
  constructor(
    private readonly store: JobStore,
    private readonly starting: StartRestore,
    private readonly fetching: FetchArchive,
    private readonly inspection: InspectArchive,
    private readonly preparation: PrepareRestore,
    private readonly finishing: FinishRestore,
    private readonly dispatcher: Dispatcher,
    private readonly cleanUp: CleanUp,
    private readonly announcer: Announcer,
    private readonly moves: Moves,
    private readonly bus: MessageBus,
  ) {}

  /** True when there may be more to do at once. */
  async step(job: RestoreJob, progress: JobProgress, run: Run): Promise<boolean> {
    switch (nextRestoreStep(job, progress)) {
      case 'start':
        await this.starting.run(job);
        return true;
      case 'fetch':
        await this.fetching.run(job, run);
        return true;
      case 'inspect':
        await this.inspection.run(job, run);
        return true;
      case 'prepare':
        await this.preparation.run(job, run);
        return true;
      case 'dispatch':
        await this.dispatcher.dispatch(job, job.stage === 'cleaning' ? 'discard' : job.stage === 'rebuilding' ? 'rebuild' : 'import');
        await this.announcer.show(job);
        return false;
      case 'rebuild':
        await this.finishing.rebuild(job, progress);
        return true;
      case 'prove':
        await this.finishing.prove(job, progress);
        return true;
      case 'take':
        await this.finishing.take(job);
        return true;
      case 'fail-segments':
        throw await segmentFailure(this.store, job, job.stage === 'rebuilding' ? 'rebuild' : 'import');
      case 'cancel':
        await this.moves.from(job, (current, now) => turnBack(current, progress, now, { status: 'Cancelled' }), turnBackSegments);
        return true;
      case 'retry-discard':
        // The change of the job is nothing but the occasion: its segments wait again from now on, and are given out later.
        await this.moves.from(
          job,
          (current) => ({ ...current }),
          () => ({ restart: 'discard' }),
        );
        await this.bus.enqueue(advanceJob, { jobId: job.id }, { delayMs: DISCARD_AGAIN_MS });
        return false;
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
