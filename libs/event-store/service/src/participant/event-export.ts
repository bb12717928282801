import { Injectable } from '@nestjs/common';
import { ArchivePool, eventFragment, exportFragments } from '@reprise/backup-archive';
import type { ExportSegment, SegmentResult } from '@reprise/contracts';
import { eventAt, EventLog } from '@reprise/event-store-core';
import { Clock, Logger } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { eventPages } from './event-pages.js';

/** Makes the fragments of a segment: its event files, deflated, and the index beside them. */
@Injectable()
export class EventExport {
  constructor(
    private readonly log: EventLog,
    private readonly archives: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** `alive` throws when the job doesn't want the segment any more. Errors: `log.range-missing`, `archive.fragment-damaged` (unavailable: it is tried again), `storage.*`. */
  run({ appId, fragments, joined }: ExportSegment, alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    return exportFragments(fragments, {
      joined,
      eventAt: (position) => eventAt(this.log, appId, position),
      archives: this.archives,
      make: (range) => eventFragment(eventPages(this.log, appId, range, alive), { pool: this.pool, modified: this.clock.now() }),
      alive,
      logger: this.logger,
    });
  }
}
