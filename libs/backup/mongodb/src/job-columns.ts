import { appIdOf, archiveOf, needsWork, type BackupJob, type CheckJob, type Job } from '@reprise/backup-core';
import type { JobDocument } from './documents.js';

/** What changes with each version of a job. */
export function changingColumns(job: Job): Pick<JobDocument, 'version' | 'needsWork' | 'kept' | 'body'> {
  return { version: job.version, needsWork: needsWork(job), kept: archiveOf(job) !== undefined, body: JSON.stringify(job) };
}

export function newDocument(job: Job, seq: number): JobDocument {
  const { actor } = job.requester;
  return {
    _id: job.id,
    seq,
    kind: job.kind,
    app: appIdOf(job),
    actor,
    ...(job.key === undefined ? {} : { key: job.key }),
    ...changingColumns(job),
  };
}

/** One backup of an app runs at a time, and one check of a kind on a backup. */
export function exclusiveOf(job: BackupJob | CheckJob): string {
  return `${job.kind} ${job.kind === 'backup' ? job.app.id : job.backupId}`;
}

export function parseJob({ body }: Pick<JobDocument, 'body'>): Job {
  return JSON.parse(body) as Job;
}
