import { changeJob, isLeaseLost, type Job, JobStore, turnBack, turnBackSegments } from '@reprise/backup-core';
import { advanceJob } from '@reprise/contracts';
import { Clock, type ErrorBody, Logger, RepriseError, toRepriseError } from '@reprise/kernel';
import { backoffMs, isWorthAnotherAttempt, MessageBus, within } from '@reprise/messaging-core';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { withFinding } from './check/check-result.js';
import { Lease } from './lease.js';
import { cancelled } from './run.js';
import { Sagas } from './sagas.js';

/** How long an error beyond repair by retrying at once is left alone, where a job has no way back. */
const LATER_MS = 30_000;
/** A message isn't held for a job: what takes longer goes on without it. */
const HOLD_MS = 2_000;
/** Jobs that a process has in hand at once; more are left to others, or for later. */
const AT_ONCE = 16;
const BUSY_MS = 1_000;
/** Steps that don't stop are left behind: what they do counts no more once another has the job. */
const STOP_WITHIN_MS = 5_000;

/**
 * Takes jobs on, step by step, until they wait for others or have ended. One process at a time takes a job on, under a lease; one that
 * comes late, because it was frozen say, changes nothing.
 */
@Injectable()
export class JobRunner implements OnModuleDestroy {
  private readonly running = new Map<Lease, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly store: JobStore,
    private readonly sagas: Sagas,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Resolves when there is nothing to do for now, somebody else has the job, or what is to be done takes long: then it goes on. `failures`: vain tries up to now. */
  async advance(jobId: string, failures = 0): Promise<void> {
    if (this.stopping) return;
    if (this.running.size >= AT_ONCE) return this.bus.enqueue(advanceJob, { jobId, failures }, { delayMs: BUSY_MS });
    const lease = await Lease.take(this.store, jobId);
    if (!lease) return;
    const run = this.takeOn(lease, failures).finally(() => this.running.delete(lease));
    this.running.set(lease, run);
    await within(HOLD_MS, run, () => undefined);
  }

  /** Has the job looked at soon. Never fails: should the message be lost, the watchdog finds the job. */
  async wake(jobId: string): Promise<void> {
    try {
      await this.bus.enqueue(advanceJob, { jobId });
    } catch (error) {
      this.logger.warn('A job could not be woken; it will be looked at later.', { jobId, error: toRepriseError(error).code });
    }
  }

  /** The step that is at work here stops, because the job was cancelled. */
  interrupt(jobId: string): void {
    for (const lease of this.running.keys()) if (lease.jobId === jobId) lease.abort(cancelled());
  }

  /** It was tried in vain: where there is a way back the job fails, elsewhere it is tried again later. */
  async giveUp(jobId: string, error: ErrorBody): Promise<void> {
    const job = await this.store.find(jobId);
    if (!job) return;
    if (canFail(job)) {
      await this.fail(job, RepriseError.fromBody(error));
      await this.wake(jobId);
    } else {
      await this.bus.enqueue(advanceJob, { jobId }, { delayMs: LATER_MS });
    }
  }

  /** Steps in hand stop where they are; they begin again elsewhere, or at the next start. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    for (const lease of this.running.keys()) lease.abort(cancelled());
    await within(STOP_WITHIN_MS, Promise.all(this.running.values()), () => []);
    for (const lease of this.running.keys()) lease.leave();
  }

  /** Never rejects: what it can't hand on is found by the watchdog. */
  private async takeOn(lease: Lease, failures: number): Promise<void> {
    try {
      const failure = await this.stepUntilReleased(lease);
      await lease.end();
      if (this.stopping) await this.wake(lease.jobId);
      else if (failure) await this.tryAgain(lease.jobId, failure, failures + 1);
    } catch (error) {
      this.logger.warn('A job could not be handed on; it will be looked at later.', { jobId: lease.jobId, error: toRepriseError(error).code });
    }
  }

  /** What trying again can help with; anything else fails the job. */
  private async stepUntilReleased(lease: Lease): Promise<RepriseError | undefined> {
    try {
      do await this.stepUntilIdle(lease);
      while (!this.stopping && !(await lease.giveBack()));
    } catch (error) {
      if (isLeaseLost(error))
        this.logger.warn('A job was taken on by another process meanwhile; what was done for it here does not count.', { jobId: lease.jobId });
      else if (!this.stopping) return toRepriseError(error);
    }
    return undefined;
  }

  private async tryAgain(jobId: string, failure: RepriseError, failures: number): Promise<void> {
    const error = failure.toBody();
    const isWorth = isWorthAnotherAttempt(error, failures, advanceJob.maxAttempts);
    this.logger.warn(isWorth ? 'A job could not go on and is tried again.' : 'A job could not go on.', {
      jobId,
      failures,
      code: error.code,
      cause: failure.cause,
    });
    if (isWorth) await this.bus.enqueue(advanceJob, { jobId, failures }, { delayMs: backoffMs(failures) });
    else await this.giveUp(jobId, error);
  }

  private async stepUntilIdle(lease: Lease): Promise<void> {
    for (;;) {
      // One interruption that comes while the job is read must not be lost: it may show in its signal alone.
      lease.beginStep();
      const seen = await lease.look();
      if (!seen || this.stopping) return;
      try {
        if (!(await this.sagas.step(seen.job, seen.progress, lease))) return;
      } catch (error) {
        if (this.stopping) return;
        await this.settle(seen.job, error, lease);
      }
    }
  }

  private async settle(job: Job, error: unknown, { signal, lease }: Lease): Promise<void> {
    const failure = toRepriseError(error);
    if (isLeaseLost(failure)) throw failure;
    const current = await this.store.find(job.id);
    if (!current || (current.cancelRequested && (signal.aborted || failure.code === 'jobs.cancelled'))) return;
    if (!canFail(job) || isTransient(failure)) throw error;
    this.logger.warn(`The ${job.kind} fails.`, { jobId: job.id, stage: job.stage, code: failure.code, ...(failure.kind === 'internal' ? { error } : {}) });
    await this.fail(job, failure, lease);
  }

  private async fail(job: Job, failure: RepriseError, lease?: string): Promise<void> {
    const progress = await this.store.progress(job.id);
    const { code, message } = failure;
    await changeJob(
      this.store,
      job.id,
      (current) => {
        if (current.stage !== job.stage) return current;
        return turnBack(withFinding(current, failure), progress, this.clock.now(), { status: 'Failed', error: { code, message } });
      },
      { segments: turnBackSegments, ...(lease === undefined ? {} : { lease }) },
    );
  }
}

/** Cleaning goes on until it has worked; and from `taking` on the app may be visible. */
function canFail(job: Job): boolean {
  return job.stage !== 'cleaning' && job.stage !== 'taking' && job.stage !== 'finished';
}

/** A full disk is not transient: the job would wait for a person who doesn't know. */
function isTransient(error: RepriseError): boolean {
  return error.kind === 'unavailable' && error.code !== 'storage.full';
}
