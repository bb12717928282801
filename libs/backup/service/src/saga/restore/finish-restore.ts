import {
  addLine,
  addWarnings,
  type JobProgress,
  JobStore,
  type NewSegment,
  PROGRESS,
  progressLine,
  type RestoreJob,
  type RestoreReport,
  withFigures,
} from '@reprise/backup-core';
import { openLog, takeName } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { CleanUp } from '../clean-up.js';
import { Moves } from '../run.js';
import { stageWarnings } from '../segment-reports.js';

const REBUILDS = ['rebuild-registry', 'rebuild-contents', 'rebuild-assets'] as const;
/** Squidex's names of what is rebuilt, in its order. */
const PARTS = ['Apps', 'Assets', 'Rules', 'Schemas', 'Contents'];

/** From the last imported segment to the app that everybody sees. */
@Injectable()
export class FinishRestore {
  constructor(
    private readonly store: JobStore,
    private readonly log: EventLogReader,
    private readonly bus: MessageBus,
    private readonly cleanUp: CleanUp,
    private readonly moves: Moves,
  ) {}

  /** Everything is imported: the read models are next. */
  async rebuild(job: RestoreJob, progress: JobProgress): Promise<void> {
    const { warnings, more } = await stageWarnings(this.store, job, 'import');
    await this.moves.from(
      job,
      (current, now) => {
        const counted = withFigures(current, progress);
        const log = addLine(current.log, now, progressLine(counted, counted) ?? '', PROGRESS);
        return { ...counted, stage: 'rebuilding', log: addWarnings(log, now, warnings, more) };
      },
      () => ({ add: REBUILDS.map((kind): NewSegment => ({ id: kind, stage: 'rebuild', kind, from: 0, to: 0 })) }),
    );
  }

  /** The log holds what the archive holds, to the last event; then it is opened. Each segment has compared its rows with what it read. */
  async prove(job: RestoreJob, progress: JobProgress): Promise<void> {
    const expected = job.totalEvents ?? 0;
    const head = await this.log.head(job.appId);
    if (progress.import.events !== expected || head.position !== expected) {
      throw new RepriseError(
        'internal',
        'restores.incomplete',
        `${expected} events were to be restored, ${Math.min(head.position, progress.import.events)} are there.`,
      );
    }
    const objects = await this.objects(job);
    await this.bus.request(openLog, { appId: job.appId, holder: job.id });
    await this.moves.from(job, (current, now) => ({
      ...current,
      stage: 'taking',
      log: ['Restored', 'Completed'].flatMap((done) => PARTS.map((part) => `${done} ${part}`)).reduce((log, line) => addLine(log, now, line), current.log),
      report: { ...current.report!, objects },
    }));
  }

  /** The app becomes visible. There is no way back from here. */
  async take(job: RestoreJob): Promise<void> {
    await this.bus.request(takeName, { name: job.name!, appId: job.appId, holder: job.id });
    await this.cleanUp.removeWork(job);
    await this.moves.end(job, (current, now) => {
      const byClient = current.requester.actor.startsWith('client:');
      const log = byClient ? addLine(current.log, now, 'Current user not assigned because restore was triggered by client.') : current.log;
      return { ...current, log: addLine(log, now, 'Completed, Yeah!') };
    });
  }

  private async objects(job: RestoreJob): Promise<NonNullable<RestoreReport['objects']>> {
    const results = (await this.store.segments(job.id, 'rebuild')).map(({ result }) => result?.objects ?? {});
    return Object.assign({}, ...results) as Record<string, number>;
  }
}
