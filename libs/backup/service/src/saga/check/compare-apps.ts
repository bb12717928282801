import { addLines, type BackupJob, type JobProgress, JobStore, type NewSegment, type ProofJob, turnBackSegments } from '@reprise/backup-core';
import { EventLogReader } from '@reprise/event-store-core';
import { Injectable } from '@nestjs/common';
import { ImportedLog } from '../replay/imported-log.js';
import { Moves, type Run } from '../run.js';
import { failedWith, rootFindings } from './check-result.js';
import { CheckedBackup } from './checked-backup.js';

const COMPARISONS = ['compare-registry', 'compare-contents', 'compare-assets'] as const;

/** Compares the shadow with the live app, service by service, and draws the conclusion. */
@Injectable()
export class CompareApps {
  constructor(
    private readonly store: JobStore,
    private readonly log: EventLogReader,
    private readonly backups: CheckedBackup,
    private readonly imported: ImportedLog,
    private readonly moves: Moves,
  ) {}

  async begin(job: ProofJob, progress: JobProgress, run: Run): Promise<void> {
    await this.imported.assertComplete(job, progress);
    await this.moves.from(
      job,
      run,
      (current) => ({ ...current, stage: 'comparing' }),
      () => ({ add: COMPARISONS.map((kind): NewSegment => ({ id: kind, stage: 'compare', kind, from: 0, to: 0 })) }),
    );
  }

  async conclude(job: ProofJob, run: Run): Promise<void> {
    const comparisons = (await this.store.segments(job.id, 'compare')).flatMap(({ result }) => result?.comparison ?? []);
    const sum = (of: (comparison: (typeof comparisons)[number]) => number) => comparisons.reduce((total, comparison) => total + of(comparison), 0);
    const { backup } = await this.backups.find(job);
    const findings = [...rootFindings(backup, job.root), ...(await this.erasedSince(backup)), ...comparisons.flatMap(({ differences }) => differences)];
    const result = {
      ok: findings.length === 0,
      findings,
      moreFindings: sum(({ moreDifferences }) => moreDifferences),
      comparedRows: sum(({ rows }) => rows),
      comparedFolds: sum(({ folds }) => folds),
    };
    await this.moves.from(
      job,
      run,
      (current, now) => {
        const compared = `Compared ${result.comparedRows} objects with the live app, and ${result.comparedFolds}, which have changed since, with its log.`;
        const log = addLines(current.log, now, [compared, ...findings, ...(result.ok ? ['No difference.'] : [])]);
        return { ...current, stage: 'cleaning', result, log, ...(result.ok ? {} : { outcome: failedWith('proofs.differs', result) }) };
      },
      turnBackSegments,
    );
  }

  /** Then differences are to be expected: the archive still holds what is gone from the log. */
  private async erasedSince(backup: BackupJob): Promise<string[]> {
    const { epoch } = await this.log.head(backup.app.id);
    return epoch === backup.epoch ? [] : ['Events of the app were erased since the backup was made: the archive still holds them.'];
  }
}
