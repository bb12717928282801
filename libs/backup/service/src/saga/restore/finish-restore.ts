import { addLine, addLines, type JobProgress, JobStore, type RestoreJob, type RestoreReport } from '@reprise/backup-core';
import { openLog, takeName } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { Injectable } from '@nestjs/common';
import { CleanUp } from '../clean-up.js';
import { ImportedLog } from '../replay/imported-log.js';
import { Moves, type Run } from '../run.js';

/** Squidex's names of what is rebuilt, in its order. */
const PARTS = ['Apps', 'Assets', 'Rules', 'Schemas', 'Contents'];

/** From the last imported segment to the app that everybody sees. */
@Injectable()
export class FinishRestore {
  constructor(
    private readonly store: JobStore,
    private readonly imported: ImportedLog,
    private readonly bus: MessageBus,
    private readonly cleanUp: CleanUp,
    private readonly moves: Moves,
  ) {}

  /** The log holds what the archive holds, to the last event: it is opened. */
  async prove(job: RestoreJob, progress: JobProgress, run: Run): Promise<void> {
    await this.imported.assertComplete(job, progress);
    const objects = await this.objects(job);
    await this.bus.request(openLog, { appId: job.appId, holder: job.id });
    await this.moves.from(job, run, (current, now) => ({
      ...current,
      stage: 'taking',
      log: addLines(
        current.log,
        now,
        ['Restored', 'Completed'].flatMap((done) => PARTS.map((part) => `${done} ${part}`)),
      ),
      report: { ...current.report!, objects },
    }));
  }

  /** The app becomes visible. There is no way back from here. */
  async take(job: RestoreJob, run: Run): Promise<void> {
    await this.bus.request(takeName, { name: job.name!, appId: job.appId, holder: job.id });
    await run.hold();
    await this.cleanUp.removeWork(job);
    await this.moves.end(job, run, (current, now) => {
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
