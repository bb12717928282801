import type { Job, JobFailure } from './job.js';
import { isFinished, isReplay } from './job.js';
import { addLine } from './job-log.js';
import type { SegmentChanges } from './job-store.js';
import { type JobProgress, type NewSegment, SEGMENT_STAGES } from './segment.js';

/** Figures of the stages so far, for a job whose segments will be looked at no more. */
export function withFigures<J extends Job>(job: J, progress: JobProgress): J {
  const stage = job.kind === 'backup' ? progress.export : progress.import;
  return {
    ...job,
    handledEvents: Math.max(job.handledEvents, stage.events),
    handledAssets: Math.max(job.handledAssets, stage.assets),
    lostAssets: Math.max(job.lostAssets, stage.lostAssets),
    ...(job.kind === 'backup' ? { handledBytes: Math.max(job.handledBytes, stage.bytes) } : {}),
  };
}

/** The job turns back: whatever it made is removed, and only then it is Failed or Cancelled. */
export function turnBack<J extends Job>(
  job: J,
  progress: JobProgress,
  now: Date,
  outcome: { status: 'Failed'; error: JobFailure } | { status: 'Cancelled' },
): J {
  if (isFinished(job) || job.stage === 'cleaning') return job;
  const message = outcome.status === 'Failed' ? outcome.error.message : 'Cancelled.';
  return { ...withFigures(job, progress), stage: 'cleaning', outcome, log: addLine(job.log, now, message) };
}

/** Everything is cleaned up. What only the way there needed is left out, for the job is kept as long as its archive. */
export function ended<J extends Job>(job: J, now: Date): J {
  const { outcome } = job;
  const end: J = {
    ...job,
    stage: 'finished',
    status: outcome?.status ?? 'Completed',
    stopped: now.toISOString(),
    ...(outcome?.error ? { error: outcome.error } : {}),
  };
  delete end.outcome;
  if (end.kind === 'backup') delete end.snapshot;
  return end;
}

/** What changes with the segments when a job turns back: nothing new is begun, and what the participants hold is to be discarded. */
export function turnBackSegments(job: Job): SegmentChanges {
  const discards = isReplay(job) && job.touched;
  return { drop: SEGMENT_STAGES.filter((stage) => stage !== 'discard'), ...(discards ? { add: discardSegments() } : {}) };
}

/** What a restore, or the proof that it would work, leaves behind with each participant is discarded by these. */
export function discardSegments(): NewSegment[] {
  const kinds = ['discard-events', 'discard-registry', 'discard-contents', 'discard-assets'] as const;
  return kinds.map((kind) => ({ id: kind, stage: 'discard', kind, from: 0, to: 0 }));
}
