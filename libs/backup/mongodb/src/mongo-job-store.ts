import { randomBytes } from 'node:crypto';
import {
  isFinished,
  JobStore,
  leaseLost,
  type BackupJob,
  type CheckJob,
  type Job,
  type JobFilter,
  type JobProgress,
  type JobWithProgress,
  type RestoreJob,
  type Segment,
  type SegmentChanges,
  type SegmentError,
  type SegmentStage,
} from '@reprise/backup-core';
import type { SegmentResult } from '@reprise/contracts';
import { isDuplicate, storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { JOBS, SECRETS, THERE, type JobDocument, type SecretDocument } from './documents.js';
import { changingColumns, parseJob } from './job-columns.js';
import { JobCreation } from './job-creation.js';
import { Leases } from './leases.js';
import { clearingStep, SegmentChanger } from './segment-changer.js';
import { Segments } from './segments.js';
import { Uploads } from './uploads.js';

/** The name of the secret that links are signed with. */
const LINKS = 'links';

/** The database must have been opened with {@link backupCollections}. */
export class MongoJobStore extends JobStore {
  private readonly uploads: Uploads;
  private readonly creation: JobCreation;
  private readonly changer: SegmentChanger;
  private readonly parts: Segments;
  private readonly leases: Leases;

  constructor(private readonly database: MongoDatabase) {
    super();
    this.uploads = new Uploads(database);
    this.creation = new JobCreation(database, this.uploads);
    this.changer = new SegmentChanger(database);
    this.parts = new Segments(database, this.changer);
    this.leases = new Leases(database);
  }

  createBackup(job: BackupJob, limit: number): Promise<Job> {
    return storing(() => this.creation.createBackup(job, limit));
  }

  createRestore(job: RestoreJob): Promise<Job> {
    return storing(() => this.creation.createRestore(job));
  }

  createCheck(job: CheckJob): Promise<Job> {
    return storing(() => this.creation.createCheck(job));
  }

  async find(jobId: string): Promise<Job | undefined> {
    const job = await storing(() => this.jobs.findOne({ _id: jobId, ...THERE }, { projection: { body: 1 } }));
    return job ? parseJob(job) : undefined;
  }

  async list({ kind, appId, actor, needsWork }: JobFilter): Promise<Job[]> {
    return storing(async () => {
      // Whoever looks for work finds what a creation that was cut short has left, too.
      if (needsWork) await this.uploads.settle();
      const filter = {
        ...THERE,
        ...(kind === undefined ? {} : { kind }),
        ...(appId === undefined ? {} : { app: appId }),
        ...(actor === undefined ? {} : { actor }),
        ...(needsWork ? { needsWork } : {}),
      };
      const jobs = await this.jobs
        .find(filter, { projection: { body: 1 } })
        .sort({ seq: -1 })
        .toArray();
      return jobs.map(parseJob);
    });
  }

  /** One write to the job's document decides; see {@link SegmentChanger} for what happens to its segments. */
  async save(job: Job, changes?: SegmentChanges, lease?: string): Promise<Job | undefined> {
    const { saved } = await storing(() => untilDecided(() => this.tryToSave(job, changes, lease)));
    return saved;
  }

  private async tryToSave(job: Job, changes?: SegmentChanges, lease?: string): Promise<{ saved?: Job } | undefined> {
    const saved = { ...job, version: job.version + 1 };
    const pending = changes && { pending: JSON.stringify(changes), ...(changes.clear ? { since: clearingStep(saved.version) } : {}) };
    const stored = await this.jobs.updateOne(
      { _id: job.id, version: job.version, pending: { $exists: false }, ...THERE, ...(lease === undefined ? {} : { 'lease.token': lease }) },
      { $set: { ...changingColumns(saved), ...pending }, ...(isFinished(saved) ? { $unset: { exclusive: '' } } : {}) },
    );
    if (stored.matchedCount > 0) {
      await this.changer.carryOut({ _id: job.id, version: saved.version, ...pending });
      return { saved };
    }
    const current = await this.jobs.findOne({ _id: job.id, ...THERE }, { projection: { version: 1, pending: 1, lease: 1 } });
    if (!current) return {};
    if (lease !== undefined && current.lease?.token !== lease) throw leaseLost(job.id);
    if (current.version !== job.version) return {};
    await this.changer.carryOut(current);
    return undefined;
  }

  /** The job goes last: a crash before that leaves one that a repeat removes. */
  async delete(jobId: string): Promise<void> {
    await storing(async () => {
      const job = await this.jobs.findOne({ _id: jobId }, { projection: { app: 1, ordinal: 1 } });
      if (!job) return;
      await this.creation.keepOrdinal(job);
      await this.parts.deleteAll(jobId);
      await this.jobs.deleteOne({ _id: jobId });
    });
  }

  lease(jobId: string, ms: number): Promise<string | undefined> {
    return storing(() => this.leases.give(jobId, ms));
  }

  renewLease(jobId: string, token: string, ms: number): Promise<boolean> {
    return storing(() => this.leases.renew(jobId, token, ms));
  }

  release(jobId: string, token: string): Promise<boolean> {
    return storing(() => this.leases.takeBack(jobId, token));
  }

  progress(jobId: string): Promise<JobProgress> {
    return storing(() => this.parts.progress(jobId));
  }

  look(jobId: string): Promise<JobWithProgress | undefined> {
    return storing(() => this.parts.look(jobId));
  }

  segments(jobId: string, stage: SegmentStage): Promise<Segment[]> {
    return storing(() => this.parts.list(jobId, stage));
  }

  claim(jobId: string, stage: SegmentStage, inFlight: number): Promise<Segment[]> {
    return storing(() => this.parts.claim(jobId, stage, inFlight));
  }

  finish(jobId: string, segment: string, token: string, result: SegmentResult): Promise<boolean> {
    return storing(() => this.parts.finish(jobId, segment, token, result));
  }

  fail(jobId: string, segment: string, token: string, error: SegmentError, again: boolean): Promise<boolean> {
    return storing(() => this.parts.fail(jobId, segment, token, error, again));
  }

  renew(jobId: string, segment: string, token: string): Promise<Job | undefined> {
    return storing(() => this.parts.renew(jobId, segment, token));
  }

  requeueSilent(silentMs: number, unbegunMs: number): Promise<void> {
    return storing(() => this.parts.requeueSilent(silentMs, unbegunMs));
  }

  async takeOver(): Promise<void> {
    await storing(async () => {
      await this.parts.requeueAll();
      await this.leases.endAll();
    });
  }

  beginUpload(key: string): Promise<void> {
    return storing(() => this.uploads.begin(key));
  }

  giveUpUploads(olderThanMs: number): Promise<string[]> {
    return storing(() => this.uploads.giveUp(olderThanMs));
  }

  forgetUpload(key: string): Promise<void> {
    return storing(() => this.uploads.forget(key));
  }

  async linkSecret(): Promise<Buffer> {
    const secrets = this.database.collection<SecretDocument>(SECRETS);
    const { value } = await storing(() =>
      untilDecided(async () => {
        const stored = await secrets.findOne({ _id: LINKS });
        if (stored) return stored;
        const fresh = { _id: LINKS, value: randomBytes(32).toString('hex') };
        try {
          await secrets.insertOne(fresh);
          return fresh;
        } catch (error) {
          if (isDuplicate(error, '_id')) return undefined;
          throw error;
        }
      }),
    );
    return Buffer.from(value, 'hex');
  }

  private get jobs() {
    return this.database.collection<JobDocument>(JOBS);
  }
}
