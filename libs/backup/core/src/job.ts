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
  /** How often fragments turned out damaged or gone when the archive was assembled, and were made again. */
  reexports?: number;
  /** Digest over all that is in the archive, known once it is assembled. */
  root?: string;
  /** Where it is (going to be); nobody is shown it before the backup is Completed, see {@link archiveOf}. */
  archive?: ArchiveInfo;
  /** What its last verification has shown. */
  verified?: CheckResult;
  /** What the last proof has shown: whether it can be restored, and leads to what the app was. */
  proved?: ProofResult;
}

/** The outcome of a check, kept with the backup. */
export interface CheckResult {
  /** When it ended. */
  at: string;
  ok: boolean;
  /** What is wrong, each line with the name of an entry or object; empty where `ok`. */
  findings: string[];
  moreFindings: number;
}

export interface ProofResult extends CheckResult {
  /** Objects that haven't changed since the cut: compared with the live read models, row by row. */
  comparedRows: number;
  /** Objects that have: compared with a fold of the live log up to the cut. */
  comparedFolds: number;
}

/**
 * `taking` is the point of no return: from there on the app may be visible, so nothing may take it away again. A job that is `cleaning`
 * without an outcome is a dry run, which ends well.
 */
export type RestoreStage = 'created' | 'fetching' | 'inspecting' | 'preparing' | 'importing' | 'rebuilding' | 'proving' | 'taking' | 'cleaning' | 'finished';

export interface RestoreJob extends ReplayParts {
  kind: 'restore';
  stage: RestoreStage;
  source: RestoreSource;
  requestedName?: string;
  dryRun: boolean;
}

/** What puts an archive into an app of a new id has in common. */
interface ReplayParts extends JobBase {
  /** Id of the app to be, never used before and, once it is discarded, never again. */
  appId: string;
  /** Its name, known at the latest when the archive has been inspected. */
  name?: string;
  /** The archive in the archive store, once it is there. */
  archiveKey?: string;
  /** Something of the app may be with the participants: a failure has to discard it. */
  touched: boolean;
  report?: RestoreReport;
}

export type ProofStage = 'created' | 'inspecting' | 'importing' | 'rebuilding' | 'comparing' | 'cleaning' | 'finished';

/** Restores a backup into a shadow app, which nobody sees and which is discarded whatever came out, and compares it with the live one. */
export interface ProofJob extends ReplayParts {
  kind: 'prove';
  stage: ProofStage;
  /** The live app. */
  app: AppRef;
  backupId: string;
  /** Of the archive's manifest, as it was read. */
  root?: string;
  result?: Omit<ProofResult, 'at'>;
}

export type VerificationStage = 'created' | 'checking' | 'cleaning' | 'finished';

/** Reads every byte of a backup's archive. */
export interface VerificationJob extends JobBase {
  kind: 'verify';
  stage: VerificationStage;
  app: AppRef;
  backupId: string;
  /** The archive, once the job has begun. */
  archiveKey?: string;
  result?: Omit<CheckResult, 'at'>;
}

export type ReplayJob = RestoreJob | ProofJob;
/** What is done with a backup's archive without changing it. */
export type CheckJob = VerificationJob | ProofJob;
export type Job = BackupJob | RestoreJob | CheckJob;

export function isReplay(job: Job): job is ReplayJob {
  return job.kind === 'restore' || job.kind === 'prove';
}

export function isCheck(job: Job): job is CheckJob {
  return job.kind === 'verify' || job.kind === 'prove';
}

/** The app whose people the job is for; of a restore, the app to be. */
export function appIdOf(job: Job): string {
  return job.kind === 'restore' ? job.appId : job.app.id;
}

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

/** Working files of all jobs in the archive store. */
export const WORK = 'jobs/';

/** Working files of a job; all gone when it ends. */
export function workPrefix(jobId: string): string {
  return `${WORK}${jobId}/`;
}

/** The job that a working file is of. */
export function jobOfWork(key: string): string {
  return key.slice(WORK.length).split('/', 1)[0]!;
}

/** Archives of all backups in the archive store. */
export const ARCHIVES = 'archives/';

/** What a backup's archives lie under: the one that it names in the end, and what other attempts at it may have left. */
export function archivePrefix(jobId: string): string {
  return `${ARCHIVES}${jobId}.`;
}

/** Each attempt, known by its token, writes an archive of its own: one that comes late can't change the one that counts. */
export function archiveKeyOf(jobId: string, token: string): string {
  return `${archivePrefix(jobId)}${token}.zip`;
}

/** The backup that an archive is of. */
export function jobOfArchive(key: string): string {
  return key.slice(ARCHIVES.length).split('.', 1)[0]!;
}
