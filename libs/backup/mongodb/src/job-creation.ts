import { backupLimitReached, backupRunning, checkRunning, uploadUnknown, type BackupJob, type CheckJob, type Job, type RestoreJob } from '@reprise/backup-core';
import { isDuplicate, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { APPS, COUNTERS, JOBS, TURN, type AppDocument, type CounterDocument, type JobDocument } from './documents.js';
import { exclusiveOf, newDocument, parseJob } from './job-columns.js';
import type { Uploads } from './uploads.js';

/**
 * A job is stored as waiting, unseen, and then there by one update: which rules it would break is told by unique indexes, whoever else creates one at
 * that moment. A crash in between leaves one that a repeat goes on with and that the look for work removes. By one insert alone it would be
 * simpler, but SecantusDB never lets go of a unique value that came by an insert, though the job gives it up when it ends.
 */
export class JobCreation {
  constructor(
    private readonly database: MongoDatabase,
    private readonly uploads: Uploads,
  ) {}

  /**
   * The backups of the app are read, and the new one is numbered after the last of them. So it can be stored only if none was made since: a
   * backup that was running is a refusal, and only one that runs can become one that counts.
   */
  createBackup(job: BackupJob, limit: number): Promise<Job> {
    return this.create(job, async () => {
      const backups = await this.jobs.find({ app: job.app.id, kind: 'backup' }, { projection: { ordinal: 1, exclusive: 1, kept: 1 } }).toArray();
      // Afterwards: a backup that was deleted by then has left its number here before it went.
      const deleted = await this.database.collection<AppDocument>(APPS).findOne({ _id: job.app.id });
      if (backups.some(({ exclusive }) => exclusive !== undefined)) throw backupRunning();
      if (backups.filter(({ kept }) => kept).length >= limit) throw backupLimitReached(limit);
      return { exclusive: exclusiveOf(job), ordinal: 1 + Math.max(deleted?.last ?? 0, ...backups.map(({ ordinal }) => ordinal ?? 0)) };
    });
  }

  createCheck(job: CheckJob): Promise<Job> {
    return this.create(job, async () => {
      const exclusive = exclusiveOf(job);
      if (await this.jobs.findOne({ exclusive })) throw checkRunning();
      return { exclusive };
    });
  }

  createRestore(job: RestoreJob): Promise<Job> {
    const { source } = job;
    return untilDecided(async () => {
      const before = await this.same(job);
      if (before?.awaiting === undefined && before) return parseJob(before);
      const waiting = before ?? (await this.insert(job, source.kind === 'upload' ? { awaiting: source.key } : {}));
      if (!waiting) return undefined;
      if (waiting.awaiting === undefined || (await this.uploads.takeUp(waiting.awaiting, waiting._id))) return parseJob(waiting);
      throw uploadUnknown();
    });
  }

  /** The highest number of a deleted backup is kept, so that it is given to no other. To be called before it goes. */
  async keepOrdinal(job: Pick<JobDocument, 'app' | 'ordinal'>): Promise<void> {
    const { app, ordinal } = job;
    if (ordinal === undefined) return;
    await untilDecided(() =>
      orDuplicate(() => this.database.collection<AppDocument>(APPS).updateOne({ _id: app }, { $max: { last: ordinal } }, { upsert: true })),
    );
  }

  /** `rules` answers what makes the job the only one, or throws what it breaks. */
  private create(job: BackupJob | CheckJob, rules: () => Promise<Partial<JobDocument>>): Promise<Job> {
    return untilDecided(async () => {
      const before = await this.same(job);
      if (before && before.awaiting === undefined) return parseJob(before);
      const unique = await rules().catch((refusal: unknown) => this.refused(job, refusal));
      if (!unique) return undefined;
      const waiting = before ?? (await this.insert(job, { awaiting: TURN }));
      if (!waiting) return undefined;
      const there = await orDuplicate(() => this.jobs.updateOne({ _id: waiting._id, awaiting: TURN }, { $set: unique, $unset: { awaiting: '' } }));
      return there && there.matchedCount > 0 ? parseJob(waiting) : undefined;
    });
  }

  /** Unless another call with the same command has it there by now. */
  private async refused(job: Job, refusal: unknown): Promise<undefined> {
    const meanwhile = await this.same(job);
    if (meanwhile && meanwhile.awaiting === undefined) return undefined;
    if (meanwhile) await this.jobs.deleteOne({ _id: meanwhile._id, awaiting: TURN });
    throw refusal;
  }

  /** The job that the same caller started under the same key, or by this very call. */
  private async same(job: Job): Promise<JobDocument | undefined> {
    const sameKey = job.key === undefined ? [] : [{ actor: job.requester.actor, key: job.key }];
    return (await this.jobs.findOne({ $or: [{ _id: job.id }, ...sameKey] })) ?? undefined;
  }

  /** Undefined when another call with the same command was quicker. */
  private async insert(job: Job, more: Partial<JobDocument>): Promise<JobDocument | undefined> {
    const document = { ...newDocument(job, await this.nextSeq()), ...more };
    return (await orDuplicate(() => this.jobs.insertOne(document))) && document;
  }

  private async nextSeq(): Promise<number> {
    const counters = this.database.collection<CounterDocument>(COUNTERS);
    const next = () => counters.findOneAndUpdate({ _id: JOBS }, { $inc: { value: 1 } }, { upsert: true, returnDocument: 'after' });
    return (await untilDecided(async () => (await orDuplicate(next)) ?? undefined)).value;
  }

  private get jobs() {
    return this.database.collection<JobDocument>(JOBS);
  }
}

/** Undefined where a unique index refuses it. */
async function orDuplicate<Result>(write: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}
