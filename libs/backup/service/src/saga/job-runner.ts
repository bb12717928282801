import { changeJob, type Job, JobStore, turnBack, turnBackSegments } from '@reprise/backup-core';
import { advanceJob } from '@reprise/contracts';
import { Clock, type ErrorBody, Logger, RepriseError, toRepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { withFinding } from './check/check-result.js';
import { cancelled } from './run.js';
import { Sagas } from './sagas.js';

interface Running {
  controller: AbortController;
  /** Somebody asked for another look meanwhile. */
  again: boolean;
}

/** How long an error beyond repair by retrying at once is left alone, where a job has no way back. */
const LATER_MS = 30_000;

/**
 * Takes jobs on, step by step, until they wait for others or have ended. One job goes on once at a time in a process; should two
 * processes do the same step, the second one's result is passed over.
 */
@Injectable()
export class JobRunner implements OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private stopping = false;

  constructor(
    private readonly store: JobStore,
    private readonly sagas: Sagas,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Resolves when there is nothing to do for now. Throws what retrying can help with; anything else fails the job. */
  async advance(jobId: string): Promise<void> {
    const current = this.running.get(jobId);
    if (current) {
      current.again = true;
      return;
    }
    const run: Running = { controller: new AbortController(), again: true };
    this.running.set(jobId, run);
    try {
      while (run.again && !this.stopping) {
        run.again = false;
        await this.stepUntilIdle(jobId, run);
      }
    } finally {
      this.running.delete(jobId);
    }
  }

  /** Has the job looked at soon. Never fails: should the message be lost, the resumer finds the job. */
  async wake(jobId: string): Promise<void> {
    try {
      await this.bus.enqueue(advanceJob, { jobId });
    } catch (error) {
      this.logger.warn('A job could not be woken; it will be looked at later.', { jobId, error: toRepriseError(error).code });
    }
  }

  /** The step that is at work stops, because the job was cancelled. */
  interrupt(jobId: string): void {
    this.running.get(jobId)?.controller.abort(cancelled());
  }

  /** The message was tried in vain: where there is a way back the job fails, elsewhere it is tried again later. */
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

  /** Steps in hand stop where they are; they begin again at the next start. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const { controller } of this.running.values()) controller.abort(cancelled());
  }

  private async stepUntilIdle(jobId: string, run: Running): Promise<void> {
    for (;;) {
      // An interruption up to here concerned the step before. One that comes while the job is read must not be lost: it may show in its signal alone.
      if (run.controller.signal.aborted) run.controller = new AbortController();
      const job = await this.store.find(jobId);
      if (!job || this.stopping) return;
      try {
        if (!(await this.step(job, run.controller.signal))) return;
      } catch (error) {
        if (this.stopping) return;
        await this.settle(job, error, run.controller.signal);
      }
    }
  }

  /** True when there may be more to do at once. */
  private async step(job: Job, signal: AbortSignal): Promise<boolean> {
    const progress = await this.store.progress(job.id);
    return this.sagas.step(job, progress, { signal });
  }

  private async settle(job: Job, error: unknown, signal: AbortSignal): Promise<void> {
    const failure = toRepriseError(error);
    const current = await this.store.find(job.id);
    if (!current || (current.cancelRequested && (signal.aborted || failure.code === 'jobs.cancelled'))) return;
    if (!canFail(job) || isTransient(failure)) throw error;
    this.logger.warn(`The ${job.kind} fails.`, { jobId: job.id, stage: job.stage, code: failure.code, ...(failure.kind === 'internal' ? { error } : {}) });
    await this.fail(job, failure);
  }

  private async fail(job: Job, failure: RepriseError): Promise<void> {
    const progress = await this.store.progress(job.id);
    const { code, message } = failure;
    await changeJob(
      this.store,
      job.id,
      (current) => {
        if (current.stage !== job.stage) return current;
        return turnBack(withFinding(current, failure), progress, this.clock.now(), { status: 'Failed', error: { code, message } });
      },
      turnBackSegments,
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
