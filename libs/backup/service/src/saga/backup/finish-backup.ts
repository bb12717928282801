import type { BackupJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { CleanUp } from '../clean-up.js';
import { Moves, type Run } from '../run.js';
import { Reexports } from './reexports.js';

/** The archive is there and was looked at: nothing but it stays. */
@Injectable()
export class FinishBackup {
  constructor(
    private readonly cleanUp: CleanUp,
    private readonly reexports: Reexports,
    private readonly moves: Moves,
  ) {}

  /** Ends the backup, unless something was erased since it was exported. */
  async run(job: BackupJob, run: Run): Promise<void> {
    if (await this.reexports.afterErasure(job, run)) return;
    await run.hold();
    await this.cleanUp.removeWork(job);
    await this.moves.end(job, run);
  }
}
