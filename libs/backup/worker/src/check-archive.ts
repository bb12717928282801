import { ArchivePool, openObject } from '@reprise/backup-archive';
import { verifyArchive } from '@reprise/backup-inspection';
import type { CheckTask, SegmentResult } from '@reprise/contracts';
import type { Alive, Handled } from '@reprise/nest-kit';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { ArchiveWorkerConfig } from './archive-worker.config.js';

/** Reads every byte of an archive, and leaves its verdict among the job's working files. */
@Injectable()
export class CheckArchive {
  constructor(
    private readonly objects: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly config: ArchiveWorkerConfig,
  ) {}

  /** May be repeated. What is wrong with the archive is no error, but found. `bytes` is its size. */
  async run({ archiveKey, findingsKey }: CheckTask, alive: Alive, tell: (handled: Handled) => void): Promise<Partial<SegmentResult>> {
    const source = await openObject(this.objects, archiveKey);
    const pulse = (handled: Handled) => {
      tell(handled);
      return alive();
    };
    const found = await verifyArchive(source, this.pool, { limits: this.config.limits, pulse });
    await this.objects.put(findingsKey, Buffer.from(JSON.stringify(found)));
    return { bytes: source.size };
  }
}
