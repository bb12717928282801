import type { AppRef, JobStatus, RestoreSource, ReplyOf, snapshotAssets, snapshotRegistry } from '@reprise/contracts';
import type { RestoreReport } from './restore-report.js';

/** A line of a job's log. A later line with the same `slot` takes its place, so that a counter is one line. */
export interface LogLine {
  timestamp: string;
  message: string;
  slot?: string;
}

export interface JobFailure {
  code: string;
  message: string;
}

/** Who started the job, as far as later questions need it. */
export interface Requester {
  actor: string;
  administrator: boolean;
}

interface JobBase {
  id: string;
  /** Goes up with each change; a change is stored only over the version that it was made from. */
  version: number;
  requester: Requester;
  /** The caller's idempotency key, unique per actor. */
  key?: string;
  status: JobStatus;
  created: string;
  started?: string;
  stopped?: string;
  /** When the stage began that the rate is measured over. */
  stageStarted?: string;
  /** Somebody asked to stop; taken up at the next step, unless the job can't go back any more. */
  cancelRequested: boolean;
  /** Somebody deleted it: hidden from now on, gone when nothing runs any more. */
  deleteRequested: boolean;
  /** How the job ends once everything is cleaned up. */
  outcome?: { status: 'Failed' | 'Cancelled'; error?: JobFailure };
  error?: JobFailure;
  /** Fixed at the cut (backup) or by inspection (restore). Asset files with those that are lost. */
  totalEvents?: number;
  totalAssets?: number;
  totalBytes?: number;
  /** Figures of what is past; a running stage's own come from its segments. */
  handledEvents: number;
  handledAssets: number;
  lostAssets: number;
  handledBytes: number;
  log: LogLine[];
  /** The fact of its end has been published. Kept with the job, so that a crash in between loses no fact. */
  announced: boolean;
}

export type BackupStage = 'created' | 'exporting' | 'assembling' | 'verifying' | 'cleaning' | 'finished';

/** What is in an archive beside the log, as it was right after the cut was fixed. */
export interface BackupSnapshot {
  registry: ReplyOf<typeof snapshotRegistry>;
  assets: ReplyOf<typeof snapshotAssets>;
}

export interface ArchiveInfo {
  key: string;
  size: number;
  etag: string;
  fileName: string;
}

export interface BackupJob extends JobBase {
  kind: 'backup';
  stage: BackupStage;
  app: AppRef;
  /** The last position that is in the archive. */
  cut?: number;
  /** Redaction epoch of the log when its events were exported. */
  epoch?: number;
  snapshot?: BackupSnapshot;
  /** Digest over all that is in the archive, known once it is assembled. */
  root?: string;
  /** Where it is (going to be); nobody is shown it before the backup is Completed, see {@link archiveOf}. */
  archive?: ArchiveInfo;
}

/**
 * `taking` is the point of no return: from there on the app may be visible, so nothing may take it away again. A job that is `cleaning`
 * without an outcome is a dry run, which ends well.
 */
export type RestoreStage = 'created' | 'fetching' | 'inspecting' | 'preparing' | 'importing' | 'rebuilding' | 'proving' | 'taking' | 'cleaning' | 'finished';

export interface RestoreJob extends JobBase {
  kind: 'restore';
  stage: RestoreStage;
  source: RestoreSource;
  requestedName?: string;
  dryRun: boolean;
  /** Id of the app to be, never used before and, should this fail, never again. */
  appId: string;
  /** Its name, known at the latest when the archive has been inspected. */
  name?: string;
  /** The archive in the archive store, once it is there. */
  archiveKey?: string;
  /** Something of the app may be with the participants: a failure has to discard it. */
  touched: boolean;
  report?: RestoreReport;
}

export type Job = BackupJob | RestoreJob;

export function isFinished(job: Job): boolean {
  return job.stage === 'finished';
}

/** Whether the saga still has something to do; what is taken up again after a start. */
export function needsWork(job: Job): boolean {
  return !isFinished(job) || !job.announced || job.deleteRequested;
}

/** The archive of a backup that is completed and not deleted. */
export function archiveOf(job: Job | undefined): ArchiveInfo | undefined {
  return job?.kind === 'backup' && job.status === 'Completed' && !job.deleteRequested ? job.archive : undefined;
}

/** Working files of a job in the archive store; all gone when it ends. */
export function workPrefix(jobId: string): string {
  return `jobs/${jobId}/`;
}

export function archiveKeyOf(jobId: string): string {
  return `archives/${jobId}.zip`;
}
