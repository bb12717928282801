import { RepriseError } from '@reprise/kernel';
import type { Job } from './job.js';
import type { JobStore, SegmentChanges } from './job-store.js';

const ATTEMPTS = 20;

/**
 * Changes a job by a pure function, again from the start when another was quicker. `change` answers undefined (or the same job) to
 * leave it as it is; `segments` says what changes with it, from the job as it was. With `lease`, only as long as that is the last lease on
 * the job (see {@link JobStore.save}). Answers the job as it is stored now, undefined when it is gone. Error `jobs.busy` (unavailable) when
 * others are quicker each time.
 */
export async function changeJob<J extends Job>(
  store: JobStore,
  jobId: string,
  change: (job: J) => J | undefined,
  { segments, lease }: { segments?: ((job: J) => SegmentChanges | undefined) | undefined; lease?: string } = {},
): Promise<J | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const job = (await store.find(jobId)) as J | undefined;
    if (!job) return undefined;
    const changed = change(job);
    if (!changed || changed === job) return job;
    const saved = await store.save(changed, segments?.(job), lease);
    if (saved) return saved as J;
  }
  throw new RepriseError('unavailable', 'jobs.busy', 'The job is being changed by others all the time. Try again.');
}
