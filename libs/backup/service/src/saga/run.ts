import { changeJob, ended, type Job, JobStore, type SegmentChanges } from '@reprise/backup-core';
import { Clock, RepriseError } from '@reprise/kernel';
import { Injectable } from '@nestjs/common';

/** What a step works with while it runs. */
export interface Run {
  /** Aborted when the job is cancelled, another process has taken it on, or this one stops. */
  signal: AbortSignal;
  /** Token of the lease that the step runs under: no other attempt has it, and changes of the job are stored only under the last one. */
  lease: string;
  /** To be called before effects that can't be stored under the lease. Error `jobs.lease-lost` (cancelled) when another process has the job by now. */
  hold(): Promise<void>;
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

  /** Ends a step: nothing happens when the job was cancelled since it was read. Error `jobs.lease-lost` (cancelled) when another process has it by now. */
  async from<J extends Job>(job: J, { lease }: Run, change: (job: J, now: Date) => J, segments?: (job: J) => SegmentChanges | undefined): Promise<void> {
    const isCurrent = (current: J) => current.stage === job.stage && current.cancelRequested === job.cancelRequested;
    await changeJob<J>(this.store, job.id, (current) => (isCurrent(current) ? change(current, this.clock.now()) : undefined), { segments, lease });
  }

  /** The last step of a job. */
  end<J extends Job>(job: J, run: Run, change: (job: J, now: Date) => J = (current) => current): Promise<void> {
    return this.from<J>(
      job,
      run,
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
      const current = await changeJob<J>(this.store, job.id, (stored) => (stored.stage === job.stage ? change(stored) : undefined), { lease: run.lease });
      if (!current || current.cancelRequested || current.stage !== job.stage) throw cancelled();
    };
  }
}
