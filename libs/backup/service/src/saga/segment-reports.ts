import type { Job, JobStore, Segment, SegmentError, SegmentStage } from '@reprise/backup-core';
import type { SegmentResult } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

/** Attempts that a segment gets where others were at fault each time (an engine that is down, say). */
export const MAX_ATTEMPTS = 20;

/** Whether giving it out again can help. The worker has tried several times already. */
export function isWorthAnother(error: SegmentError, attempts: number): boolean {
  return error.kind === 'unavailable' && error.code !== 'storage.full' && attempts < MAX_ATTEMPTS;
}

/** One that has ended each worker which took it on, it seems. What is to be discarded is tried for ever. */
export function isAbandoned({ attempts, stage }: Segment): boolean {
  return attempts > MAX_ATTEMPTS && stage !== 'discard';
}

/** The attempt that counts at a stage that is one task, and done. */
export async function doneTask(store: JobStore, job: Job, stage: SegmentStage): Promise<{ token: string; result: SegmentResult }> {
  const done = (await store.segments(job.id, stage)).find(({ state }) => state === 'done');
  if (!done) throw new Error(`The job ${job.id} has not done its task to ${stage} yet.`);
  return { token: done.token!, result: done.result! };
}

/** What the segments of a stage had to say, in order of the events. */
export async function stageWarnings(store: JobStore, job: Job, stage: SegmentStage): Promise<{ warnings: string[]; more: number }> {
  const results = (await store.segments(job.id, stage)).flatMap(({ result }) => (result ? [result] : []));
  return { warnings: results.flatMap(({ warnings }) => warnings), more: results.reduce((sum, { moreWarnings }) => sum + moreWarnings, 0) };
}

/** Why the stage failed: what its first failed segment says. */
export async function segmentFailure(store: JobStore, job: Job, stage: SegmentStage): Promise<RepriseError> {
  const error = (await store.segments(job.id, stage)).find(({ state }) => state === 'failed')?.error;
  // It was tried often enough: what could be repaired by trying again counts as beyond repair here.
  const kind = error?.kind === 'corrupt' || error?.kind === 'invalid' || error?.kind === 'limit' ? error.kind : 'internal';
  return new RepriseError(kind, error?.code ?? 'internal', error?.message ?? 'A part of the job failed.');
}
