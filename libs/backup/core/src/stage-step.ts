import type { JobProgress, StageProgress } from './segment.js';

/** How many segments of a job are given out at once: fewer than two processes of a service have in hand, so that one big app keeps no others waiting. */
export const MAX_IN_FLIGHT = 3;

export type StageStep = 'fail-segments' | 'dispatch' | 'wait';

/** Steps of backups and restores alike. */
export type SharedStep = StageStep | 'plan-task' | 'cancel' | 'clean' | 'announce' | 'delete' | 'nothing';

/** What a stage made of segments needs next; `next` when all of them are done. */
export function stageStep<Next extends string>(stage: StageProgress, next: Next): StageStep | Next {
  if (stage.failed > 0) return 'fail-segments';
  if (stage.waiting > 0) return stage.running < MAX_IN_FLIGHT ? 'dispatch' : 'wait';
  return stage.running > 0 ? 'wait' : next;
}

/** As {@link stageStep}, of a stage that is one task: it is planned when the stage begins. */
export function taskStep<Next extends string>(task: StageProgress, next: Next): StageStep | 'plan-task' | Next {
  const { waiting, running, done, failed } = task;
  return waiting + running + done + failed === 0 ? 'plan-task' : stageStep(task, next);
}

export type DiscardStep = 'dispatch' | 'wait' | 'clean' | 'retry-discard';

/**
 * Discarding waits until every worker that was at it has reported, so that nothing comes late, and goes on until it has worked:
 * a job has ended only when nothing is left of what has to go.
 */
export function discardingStep(progress: JobProgress): DiscardStep {
  if (progress.inspect.running + progress.import.running + progress.rebuild.running + progress.compare.running > 0) return 'wait';
  const { waiting, running, failed } = progress.discard;
  if (waiting > 0) return running < MAX_IN_FLIGHT ? 'dispatch' : 'wait';
  if (running > 0) return 'wait';
  return failed > 0 ? 'retry-discard' : 'clean';
}

/** What a job that has ended still needs. */
export function finishedStep({ announced, deleteRequested }: { announced: boolean; deleteRequested: boolean }): SharedStep {
  if (!announced) return 'announce';
  return deleteRequested ? 'delete' : 'nothing';
}
