import { changeJob, ended, type Job, JobStore, type SegmentChanges } from '@reprise/backup-core';
import { Clock, RepriseError } from '@reprise/kernel';
import { Injectable } from '@nestjs/common';

/** What a step works with while it runs. */
export interface Run {
  /** Aborted when the job is cancelled or the process stops. */
  signal: AbortSignal;
}

export function cancelled(): RepriseError {
  return new RepriseError('cancelled', 'jobs.cancelled', 'The job was cancelled.');
}

/** Often enough to watch, seldom enough not to be felt. */
const PULSE_MS = 1_000;

/** Changes of jobs by steps. */
@Injectable()
export class Moves {
  constructor(
    private readonly store: JobStore,
    private readonly clock: Clock,
  ) {}

  /** Ends a step: nothing happens when another replica has taken the job on meanwhile, or when it was cancelled since `job` was read. */
  async from<J extends Job>(job: J, change: (job: J, now: Date) => J, segments?: (job: J) => SegmentChanges | undefined): Promise<void> {
    const isCurrent = (current: J) => current.stage === job.stage && current.cancelRequested === job.cancelRequested;
    await changeJob<J>(this.store, job.id, (current) => (isCurrent(current) ? change(current, this.clock.now()) : undefined), segments);
  }

  /** The last step of a job. */
  end<J extends Job>(job: J, change: (job: J, now: Date) => J = (current) => current): Promise<void> {
    return this.from<J>(
      job,
      (current, now) => ended(change(current, now), now),
      () => ({ clear: true }),
    );
  }

  /** For steps that take long: call it as often as you like. Notes progress now and then, and throws `jobs.cancelled` when somebody cancelled. */
  pulse<J extends Job>(job: J, run: Run): (change?: (job: J) => J) => Promise<void> {
    let last = this.clock.elapsed();
    return async (change = (current) => current) => {
      run.signal.throwIfAborted();
      const now = this.clock.elapsed();
      if (now - last < PULSE_MS) return;
      last = now;
      const current = await changeJob<J>(this.store, job.id, (stored) => (stored.stage === job.stage ? change(stored) : undefined));
      if (!current || current.cancelRequested || current.stage !== job.stage) throw cancelled();
    };
  }
}
