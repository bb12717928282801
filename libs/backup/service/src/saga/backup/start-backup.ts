import { findFragment, type FragmentPlace, hasAssetFile, indexKey, rowDigest } from '@reprise/backup-archive';
import { type BackupJob, type NewSegment, planExport, type PositionRange } from '@reprise/backup-core';
import { snapshotAssets, snapshotRegistry } from '@reprise/contracts';
import { eventAt, EventLogReader } from '@reprise/event-store-core';
import { RepriseError } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Injectable } from '@nestjs/common';
import { Moves, type Run } from '../run.js';
import { fragmentsOf, keptOf } from './fragments.js';

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

  /** Files that the events of each range brought. Where all of a range's fragments are kept these know it, so that a long log needn't be gone through again. */
  private async countFiles(job: BackupJob, ranges: PositionRange[]): Promise<number[]> {
    const kept = new Set<string>();
    for await (const { key } of this.objects.list(keptOf(job.app.id))) kept.add(key);
    const counts: number[] = [];
    for (const range of ranges) {
      const { fragments } = fragmentsOf(job, { ...range, kind: 'export-events' });
      const areKept = fragments.every(({ key }) => kept.has(indexKey(key)));
      counts.push((areKept ? await this.filesOf(fragments, job.app.id) : undefined) ?? (await this.filesIn(range, job.app.id)));
    }
    return counts;
  }

  /** Undefined when one of them is of no use: it is made again later, and told of then. */
  private async filesOf(fragments: FragmentPlace[], appId: string): Promise<number | undefined> {
    let files = 0;
    for (const { key, to } of fragments) {
      const lastEvent = rowDigest(await eventAt(this.log, appId, to));
      const stored = await findFragment(this.objects, key, lastEvent).catch(() => undefined);
      if (!stored) return undefined;
      files += filesOfTypes(Object.entries(stored.types));
    }
    return files;
  }

  private async filesIn(range: PositionRange, appId: string): Promise<number> {
    return filesOfTypes(await this.log.countTypes(appId, { ...range, kinds: ['asset'] }));
  }
}

function filesOfTypes(counts: Iterable<[type: string, count: number]>): number {
  let files = 0;
  for (const [type, count] of counts) if (hasAssetFile(type)) files += count;
  return files;
}

/** Asset files stand before the events that brought them, as in Squidex's archives. */
function segments(ranges: PositionRange[], files: number[]): NewSegment[] {
  return ranges.flatMap((range, index): NewSegment[] => [
    ...(files[index]! > 0 ? [{ id: `export-assets-${index}`, stage: 'export', kind: 'export-assets', ...range } as const] : []),
    { id: `export-events-${index}`, stage: 'export', kind: 'export-events', ...range },
  ]);
}
