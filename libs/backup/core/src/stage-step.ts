import type { StageProgress } from './segment.js';

/** How many segments of a job are given out at once, so that one big app can't starve the others. */
export const MAX_IN_FLIGHT = 4;

export type StageStep = 'fail-segments' | 'dispatch' | 'wait';

/** Steps of backups and restores alike. */
export type SharedStep = StageStep | 'cancel' | 'clean' | 'announce' | 'delete' | 'nothing';

/** What a stage made of segments needs next; `next` when all of them are done. */
export function stageStep<Next extends string>(stage: StageProgress, next: Next): StageStep | Next {
  if (stage.failed > 0) return 'fail-segments';
  if (stage.waiting > 0) return stage.running < MAX_IN_FLIGHT ? 'dispatch' : 'wait';
  return stage.running > 0 ? 'wait' : next;
}
