import { addLines, addWarnings, type VerificationJob } from '@reprise/backup-core';
import type { Verification } from '@reprise/backup-inspection';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { TaskFindings } from '../task-findings.js';
import { failedWith, rootFindings } from './check-result.js';
import { CheckedBackup } from './checked-backup.js';

/** Every byte of the backup's archive was read: what does that say of it? */
@Injectable()
export class ConcludeVerification {
  constructor(
    private readonly backups: CheckedBackup,
    private readonly found: TaskFindings,
    private readonly objects: ArchiveObjects,
    private readonly moves: Moves,
  ) {}

  async run(job: VerificationJob, run: Run): Promise<void> {
    const { backup, archive } = await this.backups.find(job);
    const found = await this.found.read<Verification>(job, 'check');
    const size = (await this.objects.stat(archive.key))?.size ?? 0;
    const findings = [
      ...(size === archive.size ? [] : [`The archive has ${size} bytes, but ${archive.size} were written.`]),
      ...(found.report ? rootFindings(backup, found.root) : []),
      ...found.findings,
    ];
    const result = { ok: findings.length === 0, findings, moreFindings: found.moreFindings };
    await this.moves.from(job, run, (current, now) => {
      const conclusion = result.ok ? 'Every byte was read, and nothing is wrong with it.' : 'The archive is damaged or incomplete. Make a new backup.';
      return {
        ...current,
        stage: 'cleaning',
        result,
        handledEvents: found.report?.events ?? current.handledEvents,
        handledAssets: found.report ? found.report.assets - found.report.missingAssets : current.handledAssets,
        handledBytes: size,
        ...(result.ok ? {} : { outcome: failedWith('backups.archive-damaged', result) }),
        log: addLines(addWarnings(current.log, now, found.report?.warnings ?? []), now, [...result.findings, conclusion]),
      };
    });
  }
}
