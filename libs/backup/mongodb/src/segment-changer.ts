import type { Job, NewSegment, SegmentChanges } from '@reprise/backup-core';
import type { MongoDatabase } from '@reprise/mongodb';
import { mongo } from 'mongoose';
import { JOBS, SEGMENTS, THERE, type JobDocument, type SegmentDocument } from './documents.js';
import { parseJob } from './job-columns.js';

/** Tells a job's segments. */
export interface OfJob {
  jobId: string;
  step: { $gte: number };
}

/** Parts of one change, in their order; a version of the job has so many steps. */
const DROP = 0;
const RESTART = 1;
const PLAN = 2;
const STEPS = 3;
const BATCH = 1_000;

/** The step from which on segments count, once the version that clears all before it is stored. */
export function clearingStep(version: number): number {
  return version * STEPS + PLAN;
}

/**
 * Changes of a job's segments are stored in the job's document, with the version that they belong to: from then on they are decided. Carrying them
 * out takes a write for each part. A crash in between leaves it to whoever looks at the segments next, who carries them out before he looks; no
 * other version of the job is stored before that. Each segment keeps the last step that it has seen: a step is never done to it again, even
 * by one who was held up in the middle while others have carried it out and gone on.
 */
export class SegmentChanger {
  constructor(private readonly database: MongoDatabase) {}

  /** The job's segments are as its document says; answers what tells them. Undefined when there is no such job. */
  async settled(jobId: string): Promise<OfJob | undefined> {
    return (await this.settle(jobId, {}))?.ofJob;
  }

  /** As above, with the job itself. */
  async settledJob(jobId: string): Promise<{ job: Job; ofJob: OfJob } | undefined> {
    const settled = await this.settle(jobId, { body: 1 });
    return settled && { job: parseJob(settled.document), ofJob: settled.ofJob };
  }

  private async settle(jobId: string, more: { body?: 1 }): Promise<{ document: JobDocument; ofJob: OfJob } | undefined> {
    const document = await this.jobs.findOne({ _id: jobId, ...THERE }, { projection: { version: 1, pending: 1, since: 1, ...more } });
    if (!document) return undefined;
    await this.carryOut(document);
    return { document, ofJob: { jobId, step: { $gte: document.since ?? 0 } } };
  }

  async carryOut({ _id: jobId, version, pending }: Pick<JobDocument, '_id' | 'version' | 'pending'>): Promise<void> {
    if (pending === undefined) return;
    const { drop, restart, clear, add } = JSON.parse(pending) as SegmentChanges;
    const first = version * STEPS;
    const before = (step: number) => ({ jobId, step: { $lt: first + step } });
    if (drop) {
      const state = { $cond: [{ $eq: ['$state', 'waiting'] }, 'dropped', '$state'] };
      await this.segments.updateMany({ ...before(DROP), stage: { $in: drop } }, [{ $set: { state, step: first + DROP } }]);
    }
    if (restart) {
      await this.segments.updateMany(
        { ...before(RESTART), stage: { $in: restart }, state: { $ne: 'dropped' } },
        { $set: { ...FRESH, step: first + RESTART }, $unset: { token: '', given: '', renewed: '', result: '', error: '' } },
      );
    }
    if (clear) await this.segments.deleteMany(before(PLAN));
    if (add) await this.plan(jobId, version, add);
    await this.jobs.updateOne({ _id: jobId, version }, { $unset: { pending: '' } });
  }

  /** One that is held up here until the job has forgotten its segments leaves some that nobody is shown, see {@link clearingStep}. */
  private async plan(jobId: string, version: number, segments: NewSegment[]): Promise<void> {
    const step = clearingStep(version);
    const planned = segments.map(({ id, stage, kind, from, to }, seq): SegmentDocument => {
      return { _id: `${jobId}/${id}`, jobId, id, planned: version, seq, stage, kind, from, to, step, ...FRESH };
    });
    for (let start = 0; start < planned.length; start += BATCH) {
      const there = await this.insert(planned.slice(start, start + BATCH));
      if (there.length === 0) continue;
      const replacing = there.map((replacement) => ({ replaceOne: { filter: { _id: replacement._id, step: { $lt: step } }, replacement } }));
      await this.segments.bulkWrite(replacing, { ordered: false });
    }
  }

  /** Answers those that are there already: planned by another who carries the same change out, or left by a change that is forgotten. */
  private async insert(segments: SegmentDocument[]): Promise<SegmentDocument[]> {
    try {
      await this.segments.insertMany(segments, { ordered: false });
      return [];
    } catch (error) {
      const errors = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
      if (errors.length === 0 || errors.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
      return errors.map(({ index }) => segments[index]!);
    }
  }

  private get jobs() {
    return this.database.collection<JobDocument>(JOBS);
  }

  private get segments() {
    return this.database.collection<SegmentDocument>(SEGMENTS);
  }
}

const FRESH = { state: 'waiting' as const, attempts: 0, events: 0, assets: 0, lostAssets: 0, bytes: 0 };
const DUPLICATE_KEY = 11_000;
