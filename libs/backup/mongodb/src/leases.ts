import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { JOBS, THERE, type JobDocument } from './documents.js';
import { fromNow } from './server-clock.js';

/** A lease is part of the job's document, so that a change under it can be stored only while it is the last. */
export class Leases {
  constructor(private readonly database: MongoDatabase) {}

  /** One write gives the lease or notes that it is wanted: were it two, the holder could give it back in between, and nobody would be told. */
  async give(jobId: string, ms: number): Promise<string | undefined> {
    const token = newId();
    const wanted = { $mergeObjects: ['$lease', { wanted: true }] };
    const fresh = { token: { $literal: token }, until: fromNow(ms), wanted: false };
    const job = await this.jobs.findOneAndUpdate(
      { _id: jobId, ...THERE },
      [{ $set: { lease: { $cond: [{ $gt: ['$lease.until', '$$NOW'] }, wanted, fresh] } } }],
      { returnDocument: 'after', projection: { lease: 1 } },
    );
    return job?.lease?.token === token ? token : undefined;
  }

  async renew(jobId: string, token: string, ms: number): Promise<boolean> {
    const renewed = await this.jobs.updateOne({ _id: jobId, 'lease.token': token }, [{ $set: { 'lease.until': fromNow(ms) } }]);
    return renewed.matchedCount > 0;
  }

  /** Only its holder makes a lease unwanted, so that what the first write has not met, the second does. */
  async takeBack(jobId: string, token: string): Promise<boolean> {
    const unwanted = await this.jobs.updateOne({ _id: jobId, 'lease.token': token, 'lease.wanted': false }, { $unset: { lease: '' } });
    if (unwanted.matchedCount > 0) return true;
    const kept = await this.jobs.updateOne({ _id: jobId, 'lease.token': token, 'lease.wanted': true }, { $set: { 'lease.wanted': false } });
    return kept.matchedCount === 0;
  }

  async endAll(): Promise<void> {
    await this.jobs.updateMany({ lease: { $exists: true } }, { $unset: { lease: '' } });
  }

  private get jobs() {
    return this.database.collection<JobDocument>(JOBS);
  }
}
