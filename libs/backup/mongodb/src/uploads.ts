import { isDuplicate, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { JOBS, TURN, UPLOADS, type JobDocument, type UploadDocument } from './documents.js';
import { fromNow } from './server-clock.js';

/**
 * An upload is taken up by a job that waits for it, unseen: 1. the job is stored as waiting, 2. the upload's document says who has it, 3. the job
 * waits no more, 4. the upload's document goes. What decides is 2. A crash after 1, 2 or 3 leaves it to whoever comes next (the caller who repeats, who
 * asks for the jobs that need work, who gives uploads up) to go on from there, and each step finds out by itself whether it is still to be done.
 */
export class Uploads {
  constructor(private readonly database: MongoDatabase) {}

  async begin(key: string): Promise<void> {
    await untilDecided(async () => {
      try {
        return await this.uploads.updateOne({ _id: key }, [{ $set: { begun: '$$NOW' } }], { upsert: true });
      } catch (error) {
        if (isDuplicate(error, '_id')) return undefined;
        throw error;
      }
    });
  }

  /** For a job that was stored as waiting for it: whether the job is there now. If not, the waiting one is gone. */
  async takeUp(key: string, jobId: string): Promise<boolean> {
    const free = { givenUp: { $ne: true }, $or: [{ takenBy: { $exists: false } }, { takenBy: jobId }] };
    const taken = await this.uploads.updateOne({ _id: key, ...free }, { $set: { takenBy: jobId } });
    if (taken.matchedCount === 0) {
      const refused = await this.jobs.deleteOne({ _id: jobId, awaiting: key });
      // Another may have brought all of this to its end.
      return refused.deletedCount === 0 && (await this.jobs.findOne({ _id: jobId }, { projection: { _id: 1 } })) !== null;
    }
    await this.jobs.updateOne({ _id: jobId, awaiting: key }, { $unset: { awaiting: '' } });
    await this.uploads.deleteOne({ _id: key, takenBy: jobId });
    return true;
  }

  /** Brings to its end whatever creation was cut short. */
  async settle(): Promise<void> {
    const taken = await this.uploads.find({ takenBy: { $exists: true } }).toArray();
    const waiting = await this.jobs.find({ awaiting: { $exists: true } }, { projection: { awaiting: 1 } }).toArray();
    for (const { _id, awaiting } of waiting) {
      // Who made it and goes on makes it again.
      if (awaiting === TURN) await this.jobs.deleteOne({ _id, awaiting });
      else await this.takeUp(awaiting!, _id);
    }
    const left = taken.filter(({ takenBy }) => !waiting.some(({ _id }) => _id === takenBy));
    for (const { _id, takenBy } of left) await this.uploads.deleteOne({ _id, takenBy: takenBy! });
  }

  async giveUp(olderThanMs: number): Promise<string[]> {
    await this.settle();
    await this.uploads.updateMany(
      { takenBy: { $exists: false }, givenUp: { $ne: true }, $expr: { $lt: ['$begun', fromNow(-olderThanMs)] } },
      { $set: { givenUp: true } },
    );
    const givenUp = await this.uploads.find({ givenUp: true }).sort({ _id: 1 }).toArray();
    return givenUp.map(({ _id }) => _id);
  }

  async forget(key: string): Promise<void> {
    await this.uploads.deleteOne({ _id: key, givenUp: true });
  }

  private get uploads() {
    return this.database.collection<UploadDocument>(UPLOADS);
  }

  private get jobs() {
    return this.database.collection<JobDocument>(JOBS);
  }
}
