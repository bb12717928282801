import { isFinished, type RestoreJob } from './job.js';
import type { JobProgress } from './segment.js';
import { MAX_IN_FLIGHT, type SharedStep, stageStep } from './stage-step.js';

/** What a restore needs next. Each step is idempotent: after a crash it is taken again. */
export type RestoreStep = SharedStep | 'start' | 'fetch' | 'inspect' | 'prepare' | 'rebuild' | 'prove' | 'take' | 'retry-discard';

/**
 * `Created → fetching → inspecting → preparing → importing → rebuilding → proving → taking → Completed` (a dry run is
 * cleaned up after inspecting and is Completed), and from anywhere before `taking`: `cleaning → Failed | Cancelled`.
 */
export function nextRestoreStep(job: RestoreJob, progress: JobProgress): RestoreStep {
  if (isFinished(job)) {
    if (!job.announced) return 'announce';
    return job.deleteRequested ? 'delete' : 'nothing';
  }
  if (job.stage === 'cleaning') return cleaningStep(progress);
  if (job.stage === 'taking') return 'take';
  if (job.cancelRequested) return 'cancel';
  switch (job.stage) {
    case 'created':
      return 'start';
    case 'fetching':
      return 'fetch';
    case 'inspecting':
      return 'inspect';
    case 'preparing':
      return 'prepare';
    case 'importing':
      return stageStep(progress.import, 'rebuild');
    case 'rebuilding':
      return stageStep(progress.rebuild, 'prove');
    case 'proving':
      return 'prove';
    default:
      return 'nothing';
  }
}

/**
 * Discarding waits until every worker that was at it has reported, so that nothing comes late, and goes on until it has worked:
 * a job is Failed or Cancelled only when nothing of it is left.
 */
function cleaningStep(progress: JobProgress): RestoreStep {
  if (progress.import.running + progress.rebuild.running > 0) return 'wait';
  const { waiting, running, failed } = progress.discard;
  if (waiting > 0) return running < MAX_IN_FLIGHT ? 'dispatch' : 'wait';
  if (running > 0) return 'wait';
  return failed > 0 ? 'retry-discard' : 'clean';
}
