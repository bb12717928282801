import { appNotFound, checkMay, may } from '@reprise/access';
import { appIdOf, archiveOf, changeJob, isFinished, JobStore, newBackup } from '@reprise/backup-core';
import { cancelJob, deleteBackup, findApp, findBackup, listBackups, openArchive, startBackup, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { Clock, newId, RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest } from '@reprise/nest-kit';
import { Controller } from '@nestjs/common';
import { JobViews } from './access/job-views.service.js';
import { Links } from './access/links.service.js';
import { backupNotFound, checkMayWith, maySeeJob } from './access/rights.js';
import { BackupConfig } from './backup.config.js';
import { JobRunner } from './saga/job-runner.js';

/** Backups as persons ask for them: start, list, cancel, delete, fetch. */
@Controller()
export class BackupsController {
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly views: JobViews,
    private readonly links: Links,
    private readonly bus: MessageBus,
    private readonly config: BackupConfig,
    private readonly clock: Clock,
  ) {}

  @OnRequest(startBackup)
  async start({ principal, key, app }: BodyOf<typeof startBackup>): Promise<ReplyOf<typeof startBackup>> {
    checkMay(principal, 'own', app);
    // The gateway resolved the name a moment ago; the app may have been deleted since.
    const living = await this.bus.request(findApp, { principal, name: app.name });
    if (living.app.id !== app.id) throw appNotFound();
    const job = await this.store.createBackup(newBackup({ id: newId(), principal, key, now: this.clock.now(), app }), this.config.maxBackupsPerApp);
    await this.runner.wake(job.id);
    return { jobId: job.id };
  }

  @OnRequest(listBackups)
  async list({ principal, app }: BodyOf<typeof listBackups>): Promise<ReplyOf<typeof listBackups>> {
    checkMayWith(principal, app);
    const jobs = await this.store.list({ kind: 'backup', ...(app ? { appId: app.id } : {}) });
    return {
      jobs: await this.views.all(
        jobs.filter((job) => maySeeJob(principal, job)),
        principal,
      ),
    };
  }

  @OnRequest(findBackup)
  async find({ principal, jobId }: BodyOf<typeof findBackup>): Promise<ReplyOf<typeof findBackup>> {
    const job = await this.store.find(jobId);
    if (job?.kind !== 'backup' || !maySeeJob(principal, job)) throw new RepriseError('not-found', 'backups.not-found', 'The backup does not exist.');
    return { job: await this.views.one(job, principal) };
  }

  /** Hidden at once; a running one is cancelled first, and the archive goes a little later. */
  @OnRequest(deleteBackup)
  async delete({ principal, app, jobId }: BodyOf<typeof deleteBackup>): Promise<ReplyOf<typeof deleteBackup>> {
    checkMayWith(principal, app);
    const job = await this.store.find(jobId);
    if (!job || job.kind === 'restore' || (app && job.app.id !== app.id) || !maySeeJob(principal, job)) throw backupNotFound();
    await changeJob(this.store, jobId, (current) => ({ ...current, deleteRequested: true, cancelRequested: current.cancelRequested || !isFinished(current) }));
    this.runner.interrupt(jobId);
    await this.runner.wake(jobId);
    return {};
  }

  /** Backups and restores. */
  @OnRequest(cancelJob)
  async cancel({ principal, app, jobId }: BodyOf<typeof cancelJob>): Promise<ReplyOf<typeof cancelJob>> {
    const job = await this.store.find(jobId);
    if (!job || !maySeeJob(principal, job) || (app && appIdOf(job) !== app.id)) {
      throw new RepriseError('not-found', 'jobs.not-found', 'The job does not exist.');
    }
    const stored = await changeJob(this.store, jobId, (current) =>
      isFinished(current) || current.cancelRequested ? current : { ...current, cancelRequested: true },
    );
    if (stored && !isFinished(stored)) {
      this.runner.interrupt(jobId);
      await this.runner.wake(jobId);
    }
    return {};
  }

  @OnRequest(openArchive)
  async open({ jobId, appId, link, principal }: BodyOf<typeof openArchive>): Promise<ReplyOf<typeof openArchive>> {
    const job = await this.store.find(jobId);
    const archive = archiveOf(job);
    if (!archive || job?.kind !== 'backup' || (appId !== undefined && appId !== job.app.id)) throw backupNotFound();
    const allowed = (link !== undefined && (await this.links.isValid(job, link))) || (principal !== undefined && may(principal, 'own', job.app.id));
    if (!allowed) throw backupNotFound();
    const { key, size, etag, fileName } = archive;
    return { key, size, etag, fileName };
  }
}
