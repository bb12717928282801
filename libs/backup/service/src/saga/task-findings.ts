import { findingsKey, type Job, JobStore, type SegmentStage } from '@reprise/backup-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';

/** What workers have found, where that is too large for their reports. */
@Injectable()
export class TaskFindings {
  constructor(
    private readonly store: JobStore,
    private readonly objects: ArchiveObjects,
  ) {}

  /** Of a stage that is one task, and done. */
  async read<Found>(job: Job, stage: SegmentStage): Promise<Found> {
    const done = (await this.store.segments(job.id, stage)).find(({ state }) => state === 'done');
    if (!done) throw new Error(`Nothing was found for the job ${job.id} yet.`);
    return JSON.parse((await this.objects.read(findingsKey(job.id, done.token!))).toString()) as Found;
  }
}
