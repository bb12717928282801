import { changeJob, figures, isCheck, type Job, JobStore } from '@reprise/backup-core';
import * as contracts from '@reprise/contracts';
import type { AppRef, BodyOf } from '@reprise/contracts';
import { Clock, Logger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';

const FACTS = {
  backup: { Completed: contracts.backupCompleted, Failed: contracts.backupFailed, Cancelled: contracts.backupCancelled },
  restore: { Completed: contracts.restoreCompleted, Failed: contracts.restoreFailed, Cancelled: contracts.restoreCancelled },
  verify: { Completed: contracts.verificationCompleted, Failed: contracts.verificationFailed, Cancelled: contracts.verificationCancelled },
  prove: { Completed: contracts.proofCompleted, Failed: contracts.proofFailed, Cancelled: contracts.proofCancelled },
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
    const app = appOf(job);
    const fact: BodyOf<typeof contracts.backupCompleted> = {
      jobId: job.id,
      ...(app ? { app } : {}),
      ...(isCheck(job) ? { backupId: job.backupId } : {}),
      events,
      assets,
      ...(job.error ? { error: job.error } : {}),
    };
    await this.bus.publish(FACTS[job.kind][end], fact);
    await changeJob(this.store, job.id, (current) => ({ ...current, announced: true }));
    this.logger.info(`The ${job.kind} has ended.`, { jobId: job.id, status: job.status, events, assets, ...(job.error ? { error: job.error.code } : {}) });
  }
}

function appOf(job: Job): AppRef | undefined {
  if (job.kind !== 'restore') return job.app;
  return job.name === undefined ? undefined : { id: job.appId, name: job.name };
}
