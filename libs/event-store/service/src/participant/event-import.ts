import { Injectable } from '@nestjs/common';
import { ArchivePool, decodeImportPlan, decodeMapping, openObject, readImport, RowsDigest, type EventImportPlan } from '@reprise/backup-archive';
import type { ImportSegment, SegmentResult } from '@reprise/contracts';
import { countOfPacked, EventLog, rangeMissing } from '@reprise/event-store-core';
import { collectGarbage, release, RepriseError } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { EventStoreConfig } from '../event-store.config.js';

/** As many as a report carries; the others are counted. */
const MAX_WARNINGS = 100;
const EVENTS_AT_ONCE = 1_000;

/** Brings the events of a segment into the log of the new app, and proves that they are there as they were meant. */
@Injectable()
export class EventImport {
  constructor(
    private readonly log: EventLog,
    private readonly archives: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly config: EventStoreConfig,
  ) {}

  /** May be repeated. `alive` throws when the job doesn't want the segment any more. Errors: `archive.*`, `log.*`, `storage.*`. */
  async run(task: ImportSegment, alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    const { appId, jobId } = task;
    await alive();
    await this.log.beginImport(appId, jobId);
    const plan = await this.planOf(task);
    const mapping = decodeMapping(await this.archives.read(task.mappingKey));
    if (mapping.newAppId !== appId) throw new RepriseError('corrupt', 'archive.plan-invalid', 'A working file of the restore belongs to another app.');
    const written = new RowsDigest();
    const warnings: string[] = [];
    let bytes = 0;
    const options = { mapping, pool: this.pool, maxEventBytes: this.config.maxEventBytes };
    for await (const batch of readImport(await openObject(this.archives, task.archiveKey), plan, options)) {
      await alive();
      // Before it changes hands.
      written.add(batch.events);
      await this.log.importEvents(appId, jobId, batch.events);
      warnings.push(...batch.warnings);
      bytes += batch.bytes;
    }
    const digest = written.hex();
    await this.checkStored(appId, plan, digest, alive);
    return {
      events: plan.to - plan.from + 1,
      bytes,
      warnings: warnings.slice(0, MAX_WARNINGS),
      moreWarnings: Math.max(0, warnings.length - MAX_WARNINGS),
      digest,
    };
  }

  private async planOf({ planKey, from, to }: ImportSegment): Promise<EventImportPlan> {
    const plan = decodeImportPlan(await this.archives.read(planKey));
    if (plan.kind === 'events' && plan.from === from && plan.to === to) return plan;
    throw new RepriseError('corrupt', 'archive.plan-invalid', 'A working file of the restore belongs to another segment. Start the restore again.');
  }

  private async checkStored(appId: string, range: { from: number; to: number }, expected: string, alive: () => Promise<void>): Promise<void> {
    const stored = new RowsDigest();
    for (let at = range.from; at <= range.to;) {
      await alive();
      const { events, end } = await this.log.readPacked(appId, { from: at, to: range.to, limit: EVENTS_AT_ONCE });
      if (countOfPacked(events) === 0) throw rangeMissing(appId, at);
      stored.add(events);
      release(events.texts);
      collectGarbage();
      at = end + 1;
    }
    if (stored.hex() === expected) return;
    const message = `Positions ${range.from} to ${range.to} of the restored log are not as they were written. Check the disk of the database.`;
    throw new RepriseError('corrupt', 'log.read-back-differs', message);
  }
}
