import type { Job } from '@reprise/backup-core';
import type { Databases } from './databases.js';

const SERVICE = 'backup-orchestrator';

interface JobDocument {
  _id: string;
  kind: string;
  needsWork: boolean;
  body: string;
  exclusive?: string;
  awaiting?: string;
  pending?: string;
}

/** What the orchestrator's database says of jobs, at one moment. */
export interface StoredJobs {
  violations: string[];
  /** Ids of jobs that have not ended. */
  running: ReadonlySet<string>;
  /** Keys and bytes of the archives of completed backups. */
  archives: ReadonlyMap<string, number>;
  /** Keys of uploads that wait, or that a running job reads. */
  uploads: ReadonlySet<string>;
}

/** Every job has ended and said so, keeps nobody from starting another, and has left no segment. */
export async function storedJobs(databases: Databases): Promise<StoredJobs> {
  const documents = await databases.rows<JobDocument>(SERVICE, 'backup_jobs', 'kind', 'needsWork', 'body', 'exclusive', 'awaiting', 'pending');
  const jobs = documents.map((document) => ({ ...document, job: JSON.parse(document.body) as Job }));
  const running = new Set(jobs.filter(({ job }) => job.stage !== 'finished').map(({ _id }) => _id));
  const violations = jobs.flatMap(({ _id, kind, job, needsWork, exclusive, awaiting, pending }) => [
    ...(running.has(_id) ? [`The ${kind} ${_id} has not ended: it is ${job.stage}`] : []),
    ...(!running.has(_id) && (needsWork || !job.announced) ? [`The ${kind} ${_id} has not told its end, or was not removed`] : []),
    ...(!running.has(_id) && exclusive !== undefined ? [`The ${kind} ${_id} has ended and keeps others from starting`] : []),
    ...(awaiting === undefined ? [] : [`The ${kind} ${_id} still waits for ${awaiting}`]),
    ...(pending === undefined ? [] : [`Changes of the segments of ${_id} are not carried out`]),
  ]);
  const ofSegments = await databases.values(SERVICE, 'backup_segments', 'jobId');
  violations.push(...ofSegments.filter((id) => !running.has(id)).map((id) => `There are segments of ${id}, which has ended or is gone`));
  const uploads = await databases.rows<{ _id: string; takenBy?: string }>(SERVICE, 'backup_uploads', 'takenBy');
  violations.push(...uploads.filter(({ takenBy }) => takenBy !== undefined).map(({ _id }) => `The upload ${_id} was taken up and is still written down`));
  return { violations, running, archives: archivesOf(jobs), uploads: new Set([...uploads.map(({ _id }) => _id), ...uploadsReadBy(jobs)]) };
}

function archivesOf(jobs: readonly { job: Job }[]): Map<string, number> {
  const archives = new Map<string, number>();
  for (const { job } of jobs) if (job.kind === 'backup' && job.status === 'Completed' && job.archive) archives.set(job.archive.key, job.archive.size);
  return archives;
}

function uploadsReadBy(jobs: readonly { job: Job }[]): string[] {
  return jobs.flatMap(({ job }) => (job.kind === 'restore' && job.stage !== 'finished' && job.source.kind === 'upload' ? [job.source.key] : []));
}
