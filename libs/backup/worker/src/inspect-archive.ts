import { ArchivePool, ArchiveReader, ATTACHMENTS, encodeImportPlan, openObject, streamEntry } from '@reprise/backup-archive';
import { avatarKey, planKey } from '@reprise/backup-core';
import { type Findings, Inspector } from '@reprise/backup-inspection';
import type { InspectTask, SegmentResult } from '@reprise/contracts';
import { collectGarbage } from '@reprise/kernel';
import type { Alive } from '@reprise/nest-kit';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { ArchiveWorkerConfig } from './archive-worker.config.js';

/** Reads an archive before anything of it is taken over, and leaves what it finds, and the plans of its import, among the job's working files. */
@Injectable()
export class InspectArchive {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly config: ArchiveWorkerConfig,
  ) {}

  /** May be repeated. Errors (invalid, corrupt, limit): `archive.*`, each names the entry. */
  async run({ jobId, appId, archiveKey, findingsKey }: InspectTask, alive: Alive): Promise<Partial<SegmentResult>> {
    const reader = await ArchiveReader.open(await openObject(this.objects, archiveKey), this.config.limits);
    const inspector = new Inspector(reader, this.pool, appId, {
      pulse: alive,
      savePlan: async (segment, plan) => void (await this.objects.put(planKey(jobId, segment), encodeImportPlan(plan))),
    });
    const inspection = await inspector.inspect();
    const avatar = await this.saveAvatar(jobId, reader);
    const findings: Findings = { ...inspection, ...(avatar ? { avatar } : {}) };
    await this.objects.put(findingsKey, Buffer.from(JSON.stringify(findings)));
    collectGarbage();
    return {};
  }

  /** The first image that there is, as Squidex takes it. */
  private async saveAvatar(jobId: string, reader: ArchiveReader): Promise<Findings['avatar']> {
    const entry = reader.firstAttachment(ATTACHMENTS.avatar);
    if (!entry) return undefined;
    const key = avatarKey(jobId);
    const { size } = await this.objects.put(key, streamEntry(reader.source, entry));
    return { key, size };
  }
}
