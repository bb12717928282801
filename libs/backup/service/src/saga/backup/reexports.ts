import type { BackupJob } from '@reprise/backup-core';
import { EventLogReader } from '@reprise/event-store-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';

/** Sends a backup back to its export, whose segments are all looked at again. Fragments that are whole are found to be so, which costs little. */
@Injectable()
export class Reexports {
  constructor(
    private readonly log: EventLogReader,
    private readonly moves: Moves,
  ) {}

  /**
   * True when events were erased since the job read them: what it made may hold them, and they must not live on in an archive that is
   * finished later.
   */
  async afterErasure(job: BackupJob, run: Run): Promise<boolean> {
    const { epoch } = await this.log.head(job.app.id);
    if (epoch === job.epoch) return false;
    await this.begin(job, { epoch }, run);
    return true;
  }

  async begin(job: BackupJob, change: Partial<BackupJob>, run: Run): Promise<void> {
    await this.moves.from(
      job,
      run,
      (current) => ({ ...current, ...change, stage: 'exporting' }),
      () => ({ restart: ['export', 'assemble'] }),
    );
  }
}
