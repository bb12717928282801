import { addLines, type RestoreJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';

const OPENING = [
  'Started. The restore process has the following steps:',
  '  * Download backup',
  '  * Restore events and attachments.',
  '  * Restore all objects like app, schemas and contents',
  '  * Complete the restore operation for all objects',
  'Downloading Backup',
];

/** Opens the log as Squidex does, so that its clients read it as they are used to. */
@Injectable()
export class StartRestore {
  constructor(private readonly moves: Moves) {}

  async run(job: RestoreJob, run: Run): Promise<void> {
    await this.moves.from(job, run, (current, now) => ({
      ...current,
      status: 'Started',
      stage: 'fetching',
      started: now.toISOString(),
      log: addLines(current.log, now, OPENING),
    }));
  }
}
