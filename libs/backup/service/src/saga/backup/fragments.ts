import { FRAGMENT_FORMAT, type FragmentPlace } from '@reprise/backup-archive';
import { type BackupJob, type NewSegment, splitSegment, workPrefix } from '@reprise/backup-core';

/** Fragments that outlive their job lie below this, in the archive store: `fragments/{app}/{format}-{epoch}/…`. */
export const KEPT = 'fragments/';

export function keptOf(appId: string): string {
  return `${KEPT}${appId}/`;
}

/** Only these can be taken over: written as we write, and without what was erased up to this epoch. */
export function currentVersion(epoch: number): string {
  return `${FRAGMENT_FORMAT}-${epoch}`;
}

export interface SegmentFragments {
  fragments: FragmentPlace[];
  /** The object that holds their bytes end to end, if not each has one of its own. */
  joined?: string;
}

/**
 * What an export segment is made of. A range that ends before the cut is the same at each backup, so its fragment is kept for the next one; the last,
 * open one goes with the job. The bytes of a closed segment are one object, large enough for a store to copy it by itself. Each epoch has its own:
 * what was made before an erasure must not be found after it.
 */
export function fragmentsOf(job: Pick<BackupJob, 'id' | 'app' | 'cut' | 'epoch'>, segment: Pick<NewSegment, 'kind' | 'from' | 'to'>): SegmentFragments {
  const { app, cut, epoch } = job;
  if (cut === undefined || epoch === undefined) throw new Error(`The backup ${job.id} has no cut yet.`);
  const kind = segment.kind === 'export-assets' ? 'assets' : 'events';
  const keyOf = ({ from, to }: { from: number; to: number }) =>
    `${to < cut ? keptOf(app.id) : workPrefix(job.id)}${currentVersion(epoch)}/${kind}-${from}-${to}`;
  const fragments = splitSegment(segment).map((range) => ({ ...range, key: keyOf(range) }));
  return segment.to < cut && fragments.length > 1 ? { fragments, joined: keyOf(segment) } : { fragments };
}
