import { findFragment, type FragmentPlace, hasAssetFile, rowDigest } from '@reprise/backup-archive';
import { type BackupJob, type NewSegment, planExport, type PositionRange } from '@reprise/backup-core';
import { snapshotAssets, snapshotRegistry } from '@reprise/contracts';
import { eventAt, EventLogReader } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { fragmentsOf } from './fragments.js';

/** Fixes the cut, takes the snapshot of what is not in the log, plans the segments. */
@Injectable()
export class StartBackup {
  constructor(
    private readonly log: EventLogReader,
    private readonly objects: ArchiveObjects,
    private readonly bus: MessageBus,
    private readonly moves: Moves,
  ) {}

  async run(job: BackupJob, run: Run): Promise<void> {
    const appId = job.app.id;
    const head = await this.log.head(appId);
    if (head.state !== 'open' || head.position === 0) throw new RepriseError('not-found', 'backups.no-log', 'The app has no events to back up.');
    // The cut comes first: every user and tag that an event up to it names was stored before that event, so the snapshot knows it.
    const cut = head.position;
    const registry = await this.bus.request(snapshotRegistry, { appId, jobId: job.id });
    const assets = await this.bus.request(snapshotAssets, { appId, jobId: job.id });
    const ranges = planExport(await this.log.blockSizes(appId, cut), cut);
    const files = await this.countFiles({ ...job, cut, epoch: head.epoch }, ranges);
    await this.moves.from(
      job,
      run,
      (current, now) => ({
        ...current,
        status: 'Started',
        stage: 'exporting',
        started: now.toISOString(),
        stageStarted: now.toISOString(),
        cut,
        epoch: head.epoch,
        snapshot: { registry, assets },
        totalEvents: cut,
        totalAssets: files.reduce((sum, count) => sum + count, 0),
      }),
      () => ({ add: segments(ranges, files) }),
    );
  }

  /** Files that the events of each range brought. Kept fragments know which events have none, so that a long log needn't be read for it. */
  private async countFiles(job: BackupJob, ranges: PositionRange[]): Promise<number[]> {
    const counts: number[] = [];
    for (const range of ranges) {
      let count = 0;
      for (const place of fragmentsOf(job, { ...range, kind: 'export-events' }).fragments) {
        if (await this.mayBringFiles(job.app.id, place)) count += await this.filesIn(job.app.id, place);
      }
      counts.push(count);
    }
    return counts;
  }

  private async mayBringFiles(appId: string, { to, key }: FragmentPlace): Promise<boolean> {
    const lastEvent = rowDigest(await eventAt(this.log, appId, to));
    // A damaged one is made again later, and told of then.
    const kept = await findFragment(this.objects, key, lastEvent).catch(() => undefined);
    return !kept || Object.keys(kept.types).some(hasAssetFile);
  }

  private async filesIn(appId: string, range: PositionRange): Promise<number> {
    let count = 0;
    for (let from = range.from; from <= range.to;) {
      const { events, end } = await this.log.read(appId, { from, to: range.to, limit: 1_000, kinds: ['asset'] });
      count += events.filter((event) => hasAssetFile(event.type)).length;
      from = end + 1;
    }
    return count;
  }
}

/** Asset files stand before the events that brought them, as in Squidex's archives. */
function segments(ranges: PositionRange[], files: number[]): NewSegment[] {
  return ranges.flatMap((range, index): NewSegment[] => [
    ...(files[index]! > 0 ? [{ id: `export-assets-${index}`, stage: 'export', kind: 'export-assets', ...range } as const] : []),
    { id: `export-events-${index}`, stage: 'export', kind: 'export-events', ...range },
  ]);
}
