import {
  emptyProgress,
  type Job,
  type JobProgress,
  type JobWithProgress,
  type Segment,
  type SegmentError,
  type SegmentStage,
  type SegmentState,
} from '@reprise/backup-core';
import type { SegmentResult } from '@reprise/contracts';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import type { mongo } from 'mongoose';
import { SEGMENTS, type SegmentDocument } from './documents.js';
import type { OfJob, SegmentChanger } from './segment-changer.js';
import { fromNow } from './server-clock.js';

interface StateSums {
  _id: { stage: SegmentStage; state: SegmentState };
  count: number;
  events: number;
  assets: number;
  lostAssets: number;
  bytes: number;
}

const BY_PLAN = { planned: 1, seq: 1 } as const;
const WAITS_AGAIN = { $set: { state: 'waiting' as const }, $unset: { token: '' as const } };

/** A segment is one document, and changes by one write, which its state and token decide. */
export class Segments {
  constructor(
    private readonly database: MongoDatabase,
    private readonly changer: SegmentChanger,
  ) {}

  async progress(jobId: string): Promise<JobProgress> {
    const ofJob = await this.changer.settled(jobId);
    return ofJob ? this.sumUp(ofJob) : emptyProgress();
  }

  async look(jobId: string): Promise<JobWithProgress | undefined> {
    const settled = await this.changer.settledJob(jobId);
    return settled && { job: settled.job, progress: await this.sumUp(settled.ofJob) };
  }

  private async sumUp(ofJob: OfJob): Promise<JobProgress> {
    const progress = emptyProgress();
    const sums = Object.fromEntries(['events', 'assets', 'lostAssets', 'bytes'].map((name) => [name, { $sum: `$${name}` }]));
    const groups = this.segments.aggregate<StateSums>([
      { $match: ofJob },
      { $group: { _id: { stage: '$stage', state: '$state' }, count: { $sum: 1 }, ...sums } },
    ]);
    for await (const { _id, count, ...done } of groups) {
      if (_id.state !== 'dropped') progress[_id.stage][_id.state] = count;
      if (_id.state === 'done') Object.assign(progress[_id.stage], done);
    }
    return progress;
  }

  async list(jobId: string, stage: SegmentStage): Promise<Segment[]> {
    const ofJob = await this.changer.settled(jobId);
    if (!ofJob) return [];
    const segments = await this.segments
      .find({ ...ofJob, stage })
      .sort(BY_PLAN)
      .toArray();
    return segments.map(toSegment);
  }

  /** One by one, each for whoever is first. A crash leaves some that run and that nobody was told of, as a lost message would. */
  async claim(jobId: string, stage: SegmentStage, inFlight: number): Promise<Segment[]> {
    const ofJob = await this.changer.settled(jobId);
    if (!ofJob) return [];
    const room = inFlight - (await this.segments.countDocuments({ ...ofJob, stage, state: 'running' }));
    const claimed: Segment[] = [];
    while (claimed.length < room) {
      const segment = await this.segments.findOneAndUpdate(
        { ...ofJob, stage, state: 'waiting' },
        [{ $set: { state: 'running', token: { $literal: newId() }, attempts: { $add: ['$attempts', 1] }, given: '$$NOW', renewed: '$$REMOVE' } }],
        { sort: BY_PLAN, returnDocument: 'after' },
      );
      if (!segment) break;
      claimed.push(toSegment(segment));
    }
    return claimed;
  }

  finish(jobId: string, id: string, token: string, result: SegmentResult): Promise<boolean> {
    const { events, assets, lostAssets, bytes } = result;
    return this.changeAttempt(jobId, id, token, {
      $set: { state: 'done', events, assets, lostAssets, bytes, result: JSON.stringify(result) },
      $unset: { error: '' },
    });
  }

  fail(jobId: string, id: string, token: string, error: SegmentError, again: boolean): Promise<boolean> {
    return this.changeAttempt(jobId, id, token, { $set: { state: again ? 'waiting' : 'failed', error: JSON.stringify(error) } });
  }

  async renew(jobId: string, id: string, token: string): Promise<Job | undefined> {
    const settled = await this.changer.settledJob(jobId);
    if (!settled) return undefined;
    return (await this.changeAttemptOf(settled.ofJob, id, token, [{ $set: { renewed: '$$NOW' } }])) ? settled.job : undefined;
  }

  async requeueSilent(silentMs: number, unbegunMs: number): Promise<void> {
    const silent = { renewed: { $exists: true }, $expr: { $lt: ['$renewed', fromNow(-silentMs)] } };
    const unbegun = { renewed: { $exists: false }, $expr: { $lt: ['$given', fromNow(-unbegunMs)] } };
    await this.segments.updateMany({ state: 'running', $or: [silent, unbegun] }, WAITS_AGAIN);
  }

  async requeueAll(): Promise<void> {
    await this.segments.updateMany({ state: 'running' }, WAITS_AGAIN);
  }

  async deleteAll(jobId: string): Promise<void> {
    await this.segments.deleteMany({ jobId });
  }

  /** The job's changes come first: an attempt that they have ended doesn't count any more. */
  private async changeAttempt(jobId: string, id: string, token: string, change: mongo.UpdateFilter<SegmentDocument> | mongo.Document[]): Promise<boolean> {
    const ofJob = await this.changer.settled(jobId);
    return ofJob !== undefined && this.changeAttemptOf(ofJob, id, token, change);
  }

  private async changeAttemptOf(ofJob: OfJob, id: string, token: string, change: mongo.UpdateFilter<SegmentDocument> | mongo.Document[]): Promise<boolean> {
    const changed = await this.segments.updateOne({ _id: `${ofJob.jobId}/${id}`, ...ofJob, state: 'running', token }, change);
    return changed.matchedCount > 0;
  }

  private get segments() {
    return this.database.collection<SegmentDocument>(SEGMENTS);
  }
}

function toSegment({ jobId, id, stage, kind, from, to, state, attempts, token, result, error }: SegmentDocument): Segment {
  return {
    jobId,
    id,
    stage,
    kind,
    from,
    to,
    state,
    attempts,
    ...(token === undefined ? {} : { token }),
    ...(result === undefined ? {} : { result: JSON.parse(result) as SegmentResult }),
    ...(error === undefined ? {} : { error: JSON.parse(error) as SegmentError }),
  };
}
