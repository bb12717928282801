import { findingsKey, type Job, JobStore, type SegmentStage } from '@reprise/backup-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { doneTask } from './segment-reports.js';

/** What workers have found, where that is too large for their reports. */
@Injectable()
export class TaskFindings {
  constructor(
    private readonly store: JobStore,
    private readonly objects: ArchiveObjects,
  ) {}

  /** Of a stage that is one task, and done. */
  async read<Found>(job: Job, stage: SegmentStage): Promise<Found> {
    const { token } = await doneTask(this.store, job, stage);
    return JSON.parse((await this.objects.read(findingsKey(job.id, token))).toString()) as Found;
  }
}
