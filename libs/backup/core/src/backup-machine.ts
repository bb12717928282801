import { isFinished, type BackupJob } from './job.js';
import type { JobProgress } from './segment.js';
import { finishedStep, type SharedStep, stageStep, taskStep } from './stage-step.js';

/** What a backup needs next. Each step is idempotent: after a crash it is taken again. */
export type BackupStep = SharedStep | 'start' | 'assemble' | 'take-archive' | 'finish';

/** `Created → exporting → assembling → verifying → Completed`, and from anywhere before that: `cleaning → Failed | Cancelled`. */
export function nextBackupStep(job: BackupJob, progress: JobProgress): BackupStep {
  if (isFinished(job)) return finishedStep(job);
  // Segments that run would write into what is being removed: they are told to stop, and report.
  if (job.stage === 'cleaning') return progress.export.running + progress.assemble.running > 0 ? 'wait' : 'clean';
  if (job.cancelRequested) return 'cancel';
  switch (job.stage) {
    case 'created':
      return 'start';
    case 'exporting':
      return stageStep(progress.export, 'assemble');
    case 'assembling':
      return taskStep(progress.assemble, 'take-archive');
    case 'verifying':
      return 'finish';
    default:
      return 'nothing';
  }
}
