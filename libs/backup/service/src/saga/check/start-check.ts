import { addLine, type CheckJob, type ProofJob, type VerificationJob } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { CheckedBackup } from './checked-backup.js';

@Injectable()
export class StartCheck {
  constructor(
    private readonly backups: CheckedBackup,
    private readonly moves: Moves,
  ) {}

  async run(job: CheckJob, run: Run): Promise<void> {
    const { backup, archive } = await this.backups.find(job);
    const found = { archiveKey: archive.key, totalEvents: backup.cut!, totalAssets: backup.handledAssets, totalBytes: archive.size };
    const started = (now: Date) => ({ status: 'Started' as const, started: now.toISOString(), stageStarted: now.toISOString(), ...found });
    if (job.kind === 'verify') {
      await this.moves.from<VerificationJob>(job, run, (current, now) => ({
        ...current,
        ...started(now),
        stage: 'checking',
        log: addLine(current.log, now, `Reading every byte of the archive of ${backup.started}: ${archive.size} bytes.`),
      }));
    } else {
      await this.moves.from<ProofJob>(job, run, (current, now) => ({
        ...current,
        ...started(now),
        stage: 'inspecting',
        log: addLine(current.log, now, `Restoring the archive of ${backup.started} into an app that nobody sees, to compare it with this one.`),
      }));
    }
  }
}
