import { type Job, type JobStore, type JobWithProgress, leaseLost } from '@reprise/backup-core';
import { cancelled, type Run } from './run.js';

/** As long as a process that is frozen, or away, keeps others from a job at most. */
export const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

/** A job that this process has taken on: renewed by itself until it is given back, or another process has it. */
export class Lease implements Run {
  private controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private isLost = false;
  private isGivenBack = false;
  /** As the step that is at work found it. */
  private job: Job | undefined;

  private constructor(
    private readonly store: JobStore,
    readonly jobId: string,
    readonly lease: string,
  ) {
    this.timer = setInterval(() => void this.renew().catch(() => undefined), RENEW_MS);
    this.timer.unref();
  }

  /** Undefined when somebody has the job, who is going to look at it again, or it is gone. */
  static async take(store: JobStore, jobId: string): Promise<Lease | undefined> {
    const token = await store.lease(jobId, LEASE_MS);
    return token === undefined ? undefined : new Lease(store, jobId, token);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async hold(): Promise<void> {
    await this.renew();
    if (this.isLost) throw leaseLost(this.jobId);
  }

  /** The step at work stops. */
  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** An interruption up to here concerned the step before. */
  beginStep(): void {
    this.job = undefined;
    if (this.signal.aborted && !this.isLost) this.controller = new AbortController();
  }

  /** Answers the job that the next step is for, and how far it is. Error `jobs.lease-lost` (cancelled). */
  async look(): Promise<JobWithProgress | undefined> {
    if (this.isLost) throw leaseLost(this.jobId);
    const seen = await this.store.look(this.jobId);
    this.job = seen?.job;
    return seen;
  }

  /** False when somebody wanted the job meanwhile: it is to be looked at again. */
  async giveBack(): Promise<boolean> {
    return (this.isGivenBack = await this.store.release(this.jobId, this.lease));
  }

  /** No more renewed: it runs out by itself. */
  leave(): void {
    clearInterval(this.timer);
  }

  /** Whoever wanted it meanwhile is answered by what follows. */
  async end(): Promise<void> {
    this.leave();
    if (!this.isGivenBack && !(await this.giveBack())) await this.giveBack();
  }

  /** An engine that is away for a moment is asked again the next time: what this process does meanwhile counts only if nobody else has the job. */
  private async renew(): Promise<void> {
    if (!(await this.store.renewLease(this.jobId, this.lease, LEASE_MS))) {
      this.isLost = true;
      return this.abort(leaseLost(this.jobId));
    }
    // Whoever was asked to cancel it may be another process, whose interruption doesn't reach this one.
    const { job } = this;
    if (job && !job.cancelRequested && (await this.store.find(this.jobId))?.cancelRequested && job === this.job) this.abort(cancelled());
  }
}
