import { isFinished, type ProofJob, type VerificationJob } from './job.js';
import type { JobProgress } from './segment.js';
import { type DiscardStep, discardingStep, finishedStep, type SharedStep, stageStep, taskStep } from './stage-step.js';

/** What a verification needs next. */
export type VerificationStep = SharedStep | 'start' | 'conclude';

/** `Created → checking → Completed`, or Failed where something is wrong with the archive. */
export function nextVerificationStep(job: VerificationJob, progress: JobProgress): VerificationStep {
  if (isFinished(job)) return finishedStep(job);
  if (job.stage === 'cleaning') return progress.check.running > 0 ? 'wait' : 'clean';
  if (job.cancelRequested) return 'cancel';
  return job.stage === 'created' ? 'start' : taskStep(progress.check, 'conclude');
}

/** What a proof needs next. Each step is idempotent: after a crash it is taken again. */
export type ProofStep = SharedStep | 'start' | 'plan' | 'rebuild' | 'compare' | 'conclude' | DiscardStep;

/** `Created → inspecting → importing → rebuilding → comparing → cleaning → Completed | Failed | Cancelled`: the shadow goes in any case. */
export function nextProofStep(job: ProofJob, progress: JobProgress): ProofStep {
  if (isFinished(job)) return finishedStep(job);
  if (job.stage === 'cleaning') return discardingStep(progress);
  if (job.cancelRequested) return 'cancel';
  switch (job.stage) {
    case 'created':
      return 'start';
    case 'inspecting':
      return taskStep(progress.inspect, 'plan');
    case 'importing':
      return stageStep(progress.import, 'rebuild');
    case 'rebuilding':
      return stageStep(progress.rebuild, 'compare');
    default:
      return stageStep(progress.compare, 'conclude');
  }
}
