import { encodeMapping } from '@reprise/backup-archive';
import { addLine, addWarnings, type ProofJob } from '@reprise/backup-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { mappingKey } from '../keys.js';
import { ArchiveInspection } from '../replay/archive-inspection.js';
import { Moves, type Run } from '../run.js';

/** Looks at the archive as a restore would, and has everything in it imported as it is: no name is reserved, no user made. */
@Injectable()
export class InspectBackup {
  constructor(
    private readonly inspections: ArchiveInspection,
    private readonly objects: ArchiveObjects,
    private readonly moves: Moves,
  ) {}

  async run(job: ProofJob, run: Run): Promise<void> {
    const { inspection } = await this.inspections.run(job, run);
    const { app, report, root, segments } = inspection;
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
