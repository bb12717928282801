import { isFinished, type RestoreJob } from './job.js';
import type { JobProgress } from './segment.js';
import { type DiscardStep, discardingStep, finishedStep, type SharedStep, stageStep, taskStep } from './stage-step.js';

/** What a restore needs next. Each step is idempotent: after a crash it is taken again. */
export type RestoreStep = SharedStep | 'start' | 'fetch' | 'plan' | 'prepare' | 'rebuild' | 'prove' | 'take' | DiscardStep;

/**
 * `Created → fetching → inspecting → preparing → importing → rebuilding → proving → taking → Completed` (a dry run is
 * cleaned up after inspecting and is Completed), and from anywhere before `taking`: `cleaning → Failed | Cancelled`.
 */
export function nextRestoreStep(job: RestoreJob, progress: JobProgress): RestoreStep {
  if (isFinished(job)) return finishedStep(job);
  if (job.stage === 'cleaning') return discardingStep(progress);
  if (job.stage === 'taking') return 'take';
  if (job.cancelRequested) return 'cancel';
  switch (job.stage) {
    case 'created':
      return 'start';
    case 'fetching':
      return 'fetch';
    case 'inspecting':
      return taskStep(progress.inspect, 'plan');
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
