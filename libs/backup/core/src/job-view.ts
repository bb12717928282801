import type { JobView, LinkSignature } from '@reprise/contracts';
import { figures, PROGRESS, progressLine } from './figures.js';
import { archiveOf, isCheck, isFinished, type Job } from './job.js';
import { addLine } from './job-log.js';
import type { JobProgress } from './segment.js';

const PHASES: Partial<Record<Job['stage'], string>> = { preparing: 'importing', taking: 'proving' };

export interface Viewer {
  /** Sees the URL of a restore as it was sent. */
  isRequester: boolean;
  now: Date;
  sign(jobId: string, appId: string): LinkSignature;
}

/** A job as everybody sees it. */
export function viewJob(job: Job, progress: JobProgress, viewer: Viewer): JobView {
  const counts = figures(job, progress, viewer.now);
  const line = isFinished(job) || job.stage === 'cleaning' ? undefined : progressLine(job, counts);
  const log = line === undefined || !shows(job) ? job.log : addLine(job.log, viewer.now, line, PROGRESS);
  return {
    id: job.id,
    kind: job.kind,
    status: job.status,
    ...(isFinished(job) || job.stage === 'created' ? {} : { phase: PHASES[job.stage] ?? job.stage }),
    ...appOf(job),
    created: job.created,
    ...optional({ started: job.started, stopped: job.stopped, totalEvents: job.totalEvents, totalBytes: job.totalBytes }),
    // What is lost can't be handled, so it is no part of the way.
    ...optional({ totalAssets: job.totalAssets === undefined ? undefined : job.totalAssets - counts.lostAssets }),
    ...counts,
    log: log.map(({ timestamp, message }) => ({ timestamp, message })),
    ...optional({ error: job.error }),
    ...(job.kind === 'restore' ? restoreParts(job, viewer) : {}),
    ...(isCheck(job) ? { backupId: job.backupId, ...optional({ result: job.result }) } : {}),
    ...archivePart(job, viewer),
  };
}

/** The counting line has its place once there is something to count; before and after it stands in the log itself. */
function shows(job: Job): boolean {
  return job.stage === 'exporting' || job.stage === 'importing';
}

function appOf(job: Job): Pick<JobView, 'app'> {
  if (job.kind !== 'restore') return { app: { id: job.app.id, name: job.app.name } };
  const name = job.name ?? job.requestedName;
  return name === undefined ? {} : { app: { id: job.appId, name } };
}

function restoreParts(job: Extract<Job, { kind: 'restore' }>, viewer: Viewer): Pick<JobView, 'url' | 'report'> {
  return {
    ...(job.source.kind === 'url' ? { url: viewer.isRequester ? job.source.url : withoutSecrets(job.source.url) } : {}),
    ...(job.report ? { report: job.report } : {}),
  };
}

function archivePart(job: Job, viewer: Viewer): Pick<JobView, 'archive' | 'verified' | 'proved'> {
  const archive = archiveOf(job);
  if (!archive || job.kind !== 'backup') return {};
  const { size, etag, fileName } = archive;
  const { verified, proved } = job;
  return { ...optional({ verified, proved }), archive: { size, etag, fileName, link: viewer.sign(job.id, job.app.id) } };
}

/** A URL without what may be secret in it: user info, query and fragment. */
export function withoutSecrets(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.origin}${parsed.pathname}`;
  } catch {
    return '';
  }
}

function optional<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
}
