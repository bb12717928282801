import { FRAGMENT_CHANGED } from '@reprise/backup-archive';
import { addLine, addWarnings, archiveKeyOf, type BackupJob, type JobProgress, JobStore, PROGRESS, progressLine, withFigures } from '@reprise/backup-core';
import { hasCode, Logger } from '@reprise/kernel';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { doneTask, segmentFailure, stageWarnings } from '../segment-reports.js';
import { archiveFileName } from './archive-file-name.js';
import { Reexports } from './reexports.js';

/** The slot of the line that tells what was taken over. */
const REUSED = 'reused';
/** Kept fragments are disposable at any time, the moment before they are assembled included; who keeps on losing them has another problem. */
const MAX_REEXPORTS = 3;

/** From the last exported segment to the archive, which a worker joins from what was exported. */
@Injectable()
export class Assembly {
  constructor(
    private readonly store: JobStore,
    private readonly reexports: Reexports,
    private readonly moves: Moves,
    private readonly logger: Logger,
  ) {}

  async begin(job: BackupJob, progress: JobProgress, run: Run): Promise<void> {
    if (await this.reexports.afterErasure(job, run)) return;
    const { warnings, more } = await stageWarnings(this.store, job, 'export');
    const reused = await this.reused(job);
    await this.moves.from(job, run, (current, now) => {
      const counted = withFigures(current, progress);
      const before = reused === undefined ? current.log : addLine(current.log, now, reused, REUSED);
      const log = addLine(before, now, progressLine(counted, counted) ?? '', PROGRESS);
      return { ...counted, stage: 'assembling', log: addWarnings(log, now, warnings, more) };
    });
  }

  async end(job: BackupJob, run: Run): Promise<void> {
    const { token, result } = await doneTask(this.store, job, 'assemble');
    const { size, root } = result.archive!;
    const archive = { key: archiveKeyOf(job.id, token), size, etag: `${job.id}-${root}`, fileName: archiveFileName(job.app.name, job.started!) };
    await this.moves.from(job, run, (current) => ({ ...current, stage: 'verifying', root, totalBytes: size, handledBytes: size, archive }));
  }

  /** False when there is no way but to fail; true when fragments were lost, which are made again. */
  async tryAgain(job: BackupJob, run: Run): Promise<boolean> {
    if (job.stage !== 'assembling' || (job.reexports ?? 0) >= MAX_REEXPORTS) return false;
    const failure = await segmentFailure(this.store, job, 'assemble');
    if (!hasCode(failure, FRAGMENT_CHANGED)) return false;
    this.logger.warn('A part of a backup was damaged or gone before it was assembled. Its segments are checked again.', {
      jobId: job.id,
      reason: failure.message,
    });
    await this.reexports.begin(job, { reexports: (job.reexports ?? 0) + 1 }, run);
    return true;
  }

  /** How much was there from before, if anything. Once all is checked again, what this backup made is there too: the line stays as it was. */
  private async reused(job: BackupJob): Promise<string | undefined> {
    if (job.reexports) return undefined;
    const parts = (await this.store.segments(job.id, 'export')).flatMap(({ result }) => result?.reused ?? []);
    const sum = (of: 'events' | 'assets') => parts.reduce((total, part) => total + part[of], 0);
    return sum('events') + sum('assets') === 0 ? undefined : `Taken over from before: events: ${sum('events')}, assets: ${sum('assets')}`;
  }
}
