import type { SegmentResult } from '@reprise/contracts';

/** The parts of a saga that are made of segments. */
export type SegmentStage = (typeof SEGMENT_STAGES)[number];
export const SEGMENT_STAGES = ['export', 'assemble', 'check', 'inspect', 'import', 'rebuild', 'compare', 'discard'] as const;

/** Which participant does it. */
export type SegmentKind =
  | 'export-events'
  | 'export-assets'
  | 'assemble-archive'
  | 'check-archive'
  | 'inspect-archive'
  | 'import-events'
  | 'import-assets'
  | 'rebuild-registry'
  | 'rebuild-contents'
  | 'rebuild-assets'
  | 'compare-registry'
  | 'compare-contents'
  | 'compare-assets'
  | 'discard-events'
  | 'discard-registry'
  | 'discard-contents'
  | 'discard-assets';

/** `dropped`: never to be run, because its job goes back. */
export type SegmentState = 'waiting' | 'running' | 'done' | 'failed' | 'dropped';

export interface NewSegment {
  /** Unique in the job, e.g. `export-events-3`. */
  id: string;
  stage: SegmentStage;
  kind: SegmentKind;
  /** App positions, both included; 0 and 0 where a task has no range. */
  from: number;
  to: number;
}

export interface Segment extends NewSegment {
  jobId: string;
  state: SegmentState;
  /** How many times it was given out. */
  attempts: number;
  /** Fencing token of the last attempt: reports that carry another are passed over. */
  token?: string;
  result?: SegmentResult;
  error?: SegmentError;
}

export interface SegmentError {
  kind: string;
  code: string;
  message: string;
}

/** How far a stage is, of segments that are really done. */
export interface StageProgress {
  waiting: number;
  running: number;
  done: number;
  failed: number;
  /** Sums over what is done. */
  events: number;
  assets: number;
  lostAssets: number;
  bytes: number;
}

export type JobProgress = Record<SegmentStage, StageProgress>;

const NOTHING: StageProgress = { waiting: 0, running: 0, done: 0, failed: 0, events: 0, assets: 0, lostAssets: 0, bytes: 0 };

export function emptyProgress(): JobProgress {
  return Object.fromEntries(SEGMENT_STAGES.map((stage) => [stage, { ...NOTHING }])) as JobProgress;
}
