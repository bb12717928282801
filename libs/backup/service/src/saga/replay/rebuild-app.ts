import { addLine, addWarnings, type JobProgress, JobStore, type NewSegment, PROGRESS, progressLine, type ReplayJob, withFigures } from '@reprise/backup-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { stageWarnings } from '../segment-reports.js';

const REBUILDS = ['rebuild-registry', 'rebuild-contents', 'rebuild-assets'] as const;

/** Everything is imported: the read models are next. */
@Injectable()
export class RebuildApp {
  constructor(
    private readonly store: JobStore,
    private readonly moves: Moves,
  ) {}

  async run(job: ReplayJob, progress: JobProgress, run: Run): Promise<void> {
    const { warnings, more } = await stageWarnings(this.store, job, 'import');
    await this.moves.from<ReplayJob>(
      job,
      run,
      (current, now) => {
        const counted = withFigures(current, progress);
        const log = addLine(current.log, now, progressLine(counted, counted) ?? '', PROGRESS);
        return { ...counted, stage: 'rebuilding', log: addWarnings(log, now, warnings, more) };
      },
      () => ({ add: REBUILDS.map((kind): NewSegment => ({ id: kind, stage: 'rebuild', kind, from: 0, to: 0 })) }),
    );
  }
}
