import { changeJob, figures, type Job, JobStore } from '@reprise/backup-core';
import { backupCancelled, backupCompleted, backupFailed, restoreCancelled, restoreCompleted, restoreFailed, type BodyOf } from '@reprise/contracts';
import { Clock, Logger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';

const FACTS = {
  backup: { Completed: backupCompleted, Failed: backupFailed, Cancelled: backupCancelled },
  restore: { Completed: restoreCompleted, Failed: restoreFailed, Cancelled: restoreCancelled },
};

/** Tells others of a job's end. */
@Injectable()
export class Announcer {
  constructor(
    private readonly store: JobStore,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Published before it is noted, so that a crash in between repeats the fact rather than losing it. */
  async announceEnd(job: Job): Promise<void> {
    const end = job.status as keyof (typeof FACTS)['backup'];
    const { handledEvents: events, handledAssets: assets } = figures(job, await this.store.progress(job.id), this.clock.now());
    const app = job.kind === 'backup' ? job.app : job.name === undefined ? undefined : { id: job.appId, name: job.name };
    const fact: BodyOf<typeof backupCompleted> = { jobId: job.id, ...(app ? { app } : {}), events, assets, ...(job.error ? { error: job.error } : {}) };
    await this.bus.publish(FACTS[job.kind][end], fact);
    await changeJob(this.store, job.id, (current) => ({ ...current, announced: true }));
    this.logger.info(`The ${job.kind} has ended.`, { jobId: job.id, status: job.status, events, assets, ...(job.error ? { error: job.error.code } : {}) });
  }
}
