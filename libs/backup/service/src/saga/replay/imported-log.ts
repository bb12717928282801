import type { JobProgress, ReplayJob } from '@reprise/backup-core';
import { EventLogReader } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { Injectable } from '@nestjs/common';

/** The log that a replay has filled. */
@Injectable()
export class ImportedLog {
  constructor(private readonly log: EventLogReader) {}

  /** It holds what the archive holds, to the last event; each segment has compared its rows with what it read. Error `restores.incomplete` (internal). */
  async assertComplete(job: ReplayJob, progress: JobProgress): Promise<void> {
    const expected = job.totalEvents ?? 0;
    const { position } = await this.log.head(job.appId);
    if (progress.import.events === expected && position === expected) return;
    const there = Math.min(position, progress.import.events);
    throw new RepriseError('internal', 'restores.incomplete', `${expected} events were to be restored, ${there} are there.`);
  }
}
