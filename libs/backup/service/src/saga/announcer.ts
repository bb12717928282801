import { changeJob, figures, type Job, JobStore } from '@reprise/backup-core';
import {
  backupCancelled,
  backupCompleted,
  backupFailed,
  jobProgress,
  restoreCancelled,
  restoreCompleted,
  restoreFailed,
  type BodyOf,
} from '@reprise/contracts';
import { Clock, Logger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { JobViews } from '../access/job-views.service.js';

const FACTS = {
  backup: { Completed: backupCompleted, Failed: backupFailed, Cancelled: backupCancelled },
  restore: { Completed: restoreCompleted, Failed: restoreFailed, Cancelled: restoreCancelled },
};

/** More often than this nobody can look. */
const LIVE_MS = 250;

/** Tells others of a job: live progress to those who watch, and its end as a fact. */
@Injectable()
export class Announcer {
  private readonly shown = new Map<string, number>();

  constructor(
    private readonly store: JobStore,
    private readonly views: JobViews,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Progress is a courtesy: it may be left out and never holds up the job. */
  async show(job: Job): Promise<void> {
    const now = this.clock.now().getTime();
    if (now - (this.shown.get(job.id) ?? 0) < LIVE_MS) return;
    this.shown.set(job.id, now);
    try {
      await this.bus.broadcast(jobProgress, { job: await this.views.one(job) });
    } catch (error) {
      this.logger.debug('Progress was not shown.', { jobId: job.id, error });
    }
  }

  /** Published before it is noted, so that a crash in between repeats the fact rather than losing it. */
  async announceEnd(job: Job): Promise<void> {
    const end = job.status as keyof (typeof FACTS)['backup'];
    const { handledEvents: events, handledAssets: assets } = figures(job, await this.store.progress(job.id), this.clock.now());
    const app = job.kind === 'backup' ? job.app : job.name === undefined ? undefined : { id: job.appId, name: job.name };
    const fact: BodyOf<typeof backupCompleted> = { jobId: job.id, ...(app ? { app } : {}), events, assets, ...(job.error ? { error: job.error } : {}) };
    await this.bus.publish(FACTS[job.kind][end], fact);
    await changeJob(this.store, job.id, (current) => ({ ...current, announced: true }));
    this.shown.delete(job.id);
    await this.show(job);
    this.shown.delete(job.id);
    this.logger.info(`The ${job.kind} has ended.`, { jobId: job.id, status: job.status, events, assets, ...(job.error ? { error: job.error.code } : {}) });
  }
}
