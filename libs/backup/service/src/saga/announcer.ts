import { archiveOf, changeJob, figures, isCheck, type Job, JobStore } from '@reprise/backup-core';
import * as contracts from '@reprise/contracts';
import type { AppRef, BodyOf } from '@reprise/contracts';
import { Clock, Logger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import type { Run } from './run.js';
import { Links } from '../access/links.service.js';

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
    private readonly links: Links,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Published before it is noted, so that a crash in between repeats the fact rather than losing it. */
  async announceEnd(job: Job, { lease }: Run): Promise<void> {
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
      ...(await this.archivePart(job)),
    };
    await this.bus.publish(FACTS[job.kind][end], fact);
    await changeJob(this.store, job.id, (current) => ({ ...current, announced: true }), { lease });
    this.logger.info(`The ${job.kind} has ended.`, { jobId: job.id, status: job.status, events, assets, ...(job.error ? { error: job.error.code } : {}) });
  }

  private async archivePart(job: Job): Promise<Pick<BodyOf<typeof contracts.backupCompleted>, 'archive'>> {
    const archive = archiveOf(job);
    if (!archive || job.kind !== 'backup') return {};
    return { archive: { size: archive.size, link: (await this.links.signer())(job.id, job.app.id) } };
  }
}

function appOf(job: Job): AppRef | undefined {
  if (job.kind !== 'restore') return job.app;
  return job.name === undefined ? undefined : { id: job.appId, name: job.name };
}
