import { appNotFound, checkMay } from '@reprise/access';
import { archiveOf, JobStore, newProof, newVerification } from '@reprise/backup-core';
import { findApp, listJobs, startCheck, type AppRef, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { Clock, newId } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { JobViews } from './access/job-views.service.js';
import { backupNotFound, checkMayWith, maySeeJob } from './access/rights.js';
import { JobRunner } from './saga/job-runner.js';

/** Verifications and proofs as persons ask for them. */
@Controller()
export class ChecksController {
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly views: JobViews,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  @OnRequest(startCheck)
  async start({ principal, key, app, backupId, kind }: BodyOf<typeof startCheck>): Promise<ReplyOf<typeof startCheck>> {
    checkMayWith(principal, app);
    const backup = await this.store.find(backupId);
    if (backup?.kind !== 'backup' || (app && backup.app.id !== app.id) || !archiveOf(backup)) throw backupNotFound();
    if (kind === 'prove') await this.assertLiving(backup.app);
    const start = { id: newId(), principal, key, now: this.clock.now(), backup };
    const job = await this.store.createCheck(kind === 'verify' ? newVerification(start) : newProof({ ...start, appId: newId() }));
    await this.runner.wake(job.id);
    return { jobId: job.id };
  }

  @OnRequest(listJobs)
  async list({ principal, app }: BodyOf<typeof listJobs>): Promise<ReplyOf<typeof listJobs>> {
    checkMay(principal, 'own', app);
    const jobs = (await this.store.list({ appId: app.id })).filter((job) => job.kind !== 'restore' && maySeeJob(principal, job));
    return { jobs: await this.views.all(jobs, principal) };
  }

  /** There is nothing to compare with otherwise. Error `apps.not-found`. */
  private async assertLiving({ id, name }: AppRef): Promise<void> {
    const { app } = await this.bus.request(findApp, { name });
    if (app.id !== id) throw appNotFound();
  }
}
