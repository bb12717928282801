import { createHash, type Hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ArchivePool, encodeFragmentIndex, eventFragment } from '@reprise/backup-archive';
import type { ExportSegment, SegmentResult } from '@reprise/contracts';
import { EventLog } from '@reprise/event-store-core';
import { Clock, RepriseError } from '@reprise/kernel';
import { ArchiveObjects } from '@reprise/objects-core';
import { eventPages } from './event-pages.js';

/** Makes the fragment of a segment: its event files, deflated, and the index beside it. */
@Injectable()
export class EventExport {
  constructor(
    private readonly log: EventLog,
    private readonly archives: ArchiveObjects,
    private readonly pool: ArchivePool,
    private readonly clock: Clock,
  ) {}

  /** `alive` throws when the job doesn't want the segment any more. Errors: `log.range-missing`, `archive.fragment-damaged` (unavailable: it is tried again), `storage.*`. */
  async run({ appId, from, to, fragmentKey }: ExportSegment, alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    const fragment = eventFragment(eventPages(this.log, appId, { from, to }, alive), { pool: this.pool, modified: this.clock.now() });
    const written = createHash('sha256');
    const { size } = await this.archives.put(fragmentKey, hashing(fragment.bytes, written));
    await this.checkStored(fragmentKey, written.digest('hex'));
    // The index comes last: where it lies, the fragment is whole.
    const index = fragment.index();
    await this.archives.put(`${fragmentKey}.index`, encodeFragmentIndex(index));
    return { events: index.events, bytes: size };
  }

  /** A fragment is read back once, when it is made: a store that lost or turned a bit is found out while the log can still make it anew. */
  private async checkStored(key: string, expected: string): Promise<void> {
    const stored = createHash('sha256');
    for await (const chunk of await this.archives.get(key)) stored.update(chunk as Buffer);
    if (stored.digest('hex') === expected) return;
    throw new RepriseError(
      'unavailable',
      'archive.fragment-damaged',
      'A part of the backup was not stored as it was written. Check the disk or store of the archives.',
    );
  }
}

async function* hashing(bytes: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}
