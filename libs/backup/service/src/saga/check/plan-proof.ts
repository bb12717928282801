import { encodeMapping } from '@reprise/backup-archive';
import { addLine, addWarnings, mappingKey, type ProofJob } from '@reprise/backup-core';
import type { Findings } from '@reprise/backup-inspection';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { TaskFindings } from '../task-findings.js';

/** The archive was inspected as a restore does; everything in it is imported as it is: no name is reserved, no user made. */
@Injectable()
export class PlanProof {
  constructor(
    private readonly found: TaskFindings,
    private readonly objects: ArchiveObjects,
    private readonly moves: Moves,
  ) {}

  async run(job: ProofJob, run: Run): Promise<void> {
    const { app, report, root, segments } = await this.found.read<Findings>(job, 'inspect');
    await this.objects.put(mappingKey(job.id), encodeMapping({ oldAppId: app.id, newAppId: job.appId, name: app.name, users: 'same' }));
    await this.moves.from(
      job,
      run,
      (current, now) => ({
        ...current,
        stage: 'importing',
        stageStarted: now.toISOString(),
        touched: true,
        name: app.name,
        report,
        ...(root === undefined ? {} : { root }),
        totalEvents: report.events,
        totalAssets: report.assets,
        lostAssets: report.missingAssets,
        log: addWarnings(addLine(current.log, now, `Inspected ${report.events} events and ${report.attachments} attachments.`), now, report.warnings),
      }),
      () => ({ add: segments }),
    );
  }
}
