import { ArchivePool, ArchiveReader, encodeImportPlan, openObject } from '@reprise/backup-archive';
import type { ReplayJob } from '@reprise/backup-core';
import { Inspector, type Inspection } from '@reprise/backup-inspection';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { BackupConfig } from '../../backup.config.js';
import { planKey } from '../keys.js';
import { Moves, type Run } from '../run.js';

/** Reads a job's archive before anything of it is taken over, and leaves the plans of its import among the job's working files. */
@Injectable()
export class ArchiveInspection {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly config: BackupConfig,
    private readonly moves: Moves,
  ) {}

  /** Errors (invalid, corrupt): `archive.*`, each names the entry. */
  async run(job: ReplayJob, run: Run): Promise<{ inspection: Inspection; reader: ArchiveReader }> {
    const reader = await ArchiveReader.open(await openObject(this.objects, job.archiveKey!), this.config.limits);
    const pulse = this.moves.pulse<ReplayJob>(job, run);
    const inspector = new Inspector(reader, this.pool, job.appId, {
      pulse: () => pulse(),
      savePlan: async (segment, plan) => void (await this.objects.put(planKey(job.id, segment), encodeImportPlan(plan))),
    });
    return { inspection: await inspector.inspect(), reader };
  }
}
