import { isReplay, type Job } from './job.js';
import type { JobProgress } from './segment.js';

export interface Figures {
  handledEvents: number;
  handledAssets: number;
  lostAssets: number;
  handledBytes: number;
  eventsPerSecond?: number;
  eta?: string;
}

/** Below this much time a rate says nothing. */
const SETTLED_MS = 2_000;

/** Whether the job's figures come from its segments; those of what is past are its own. */
export function isCounting({ kind, stage }: Job): boolean {
  return stage === (kind === 'backup' ? 'exporting' : 'importing');
}

/** Counts of segments that are really done, and a rate and an estimate only where there is something to estimate from. */
export function figures(job: Job, progress: JobProgress, now: Date): Figures {
  const running = isCounting(job);
  const stage = job.kind === 'backup' ? progress.export : progress.import;
  const counts = {
    handledEvents: running ? Math.max(job.handledEvents, stage.events) : job.handledEvents,
    handledAssets: running ? Math.max(job.handledAssets, stage.assets) : job.handledAssets,
    lostAssets: running ? Math.max(job.lostAssets, stage.lostAssets) : job.lostAssets,
    handledBytes: running && job.kind === 'backup' ? Math.max(job.handledBytes, stage.bytes) : job.handledBytes,
  };
  const elapsed = job.stageStarted === undefined ? 0 : now.getTime() - Date.parse(job.stageStarted);
  if (!running || elapsed < SETTLED_MS || stage.events === 0) return counts;
  const perSecond = (stage.events * 1_000) / elapsed;
  const left = job.totalEvents === undefined ? undefined : job.totalEvents - stage.events;
  const end = left === undefined ? undefined : new Date(now.getTime() + (left * 1_000) / perSecond);
  // A clock that was put forward makes the rate so small that the end may lie beyond all dates.
  return { ...counts, eventsPerSecond: Math.round(perSecond), ...(end && !Number.isNaN(end.getTime()) ? { eta: end.toISOString() } : {}) };
}

/** The line that shows how far the job is, in Squidex's words. */
export function progressLine(job: Job, counts: { handledEvents: number; handledAssets: number }): string | undefined {
  if (job.kind === 'backup') return job.cut === undefined ? undefined : `Total events: ${counts.handledEvents}, assets: ${counts.handledAssets}`;
  if (!isReplay(job) || !job.report || (job.kind === 'restore' && job.dryRun)) return undefined;
  const fixed = job.report.attachments - (job.report.assets - job.report.missingAssets);
  return `Reading ${counts.handledEvents}/${job.report.events} events and ${fixed + counts.handledAssets} attachments completed.`;
}

/** The slot of that line. */
export const PROGRESS = 'progress';
