import type { SegmentResult } from '@reprise/contracts';
import type { BackupJob, CheckJob, Job, RestoreJob } from './job.js';
import type { JobProgress, NewSegment, Segment, SegmentError, SegmentStage } from './segment.js';

export interface JobFilter {
  kind?: Job['kind'];
  /** Of this app: its backups, what is done with them, and the restore that made it. */
  appId?: string;
  /** Started by this actor. */
  actor?: string;
  /** Those that the saga still has to do something for. */
  needsWork?: boolean;
}

/** Changes to segments that are stored in the same step as a change of their job. */
export interface SegmentChanges {
  add?: NewSegment[];
  /** Waiting segments of these stages are never run. */
  drop?: SegmentStage[];
  /** All segments of the stage are to be done again, results forgotten. */
  restart?: SegmentStage;
  /** The job has ended: what its figures need is in itself. */
  clear?: boolean;
}

/**
 * Jobs and their segments. A job changes only by compare-and-set on its version; a segment only under the token of its
 * last attempt. Whatever resolves is durable. What it answers is the caller's own copy.
 */
export abstract class JobStore {
  /**
   * Stores a new backup, or refuses, in one step. A repeat (same actor and key) answers the first job and changes nothing.
   * Errors (invalid): `backups.already-running` when one of the app runs, `backups.limit-reached` when the app has `limit`
   * backups; failed and cancelled ones, which left no archive, don't count.
   */
  abstract createBackup(job: BackupJob, limit: number): Promise<Job>;
  /** Takes up the upload that is its source in the same step: `restores.upload-unknown` (invalid) if that was never begun or is taken. Repeats as above. */
  abstract createRestore(job: RestoreJob): Promise<Job>;

  /** Error `checks.already-running` (invalid) when the same is being done with that backup. Repeats as above. */
  abstract createCheck(job: CheckJob): Promise<Job>;

  abstract find(jobId: string): Promise<Job | undefined>;
  /** Newest first. */
  abstract list(filter: JobFilter): Promise<Job[]>;
  /** Stores `job` over the version that it carries and answers it with the next one; undefined when another was quicker or it is gone. */
  abstract save(job: Job, changes?: SegmentChanges): Promise<Job | undefined>;
  /** With its segments. Idempotent. */
  abstract delete(jobId: string): Promise<void>;

  abstract progress(jobId: string): Promise<JobProgress>;
  /** In order of their planning. */
  abstract segments(jobId: string, stage: SegmentStage): Promise<Segment[]>;
  /** Gives out waiting segments in order, so that at most `inFlight` run: each gets a new token and is `running`. `now` is its first sign of life. */
  abstract claim(jobId: string, stage: SegmentStage, inFlight: number, now: Date): Promise<Segment[]>;
  /** False when the token is old, or the segment isn't running (a repeat): nothing changes then. */
  abstract finish(jobId: string, segment: string, token: string, result: SegmentResult): Promise<boolean>;
  /** The attempt failed: to be tried again (`waiting`) or for good. False as above. */
  abstract fail(jobId: string, segment: string, token: string, error: SegmentError, again: boolean): Promise<boolean>;
  /** A sign of life of an attempt. False when it isn't the one that counts any more. */
  abstract renew(jobId: string, segment: string, token: string, now: Date): Promise<boolean>;
  /**
   * Running segments of all jobs wait again where the last sign of life came before `silentSince`: whoever was at them is gone, or never heard
   * of them. All, if absent: after a start, when the queues are rebuilt and no attempt is left of those before.
   */
  abstract requeueRunning(silentSince?: Date): Promise<void>;

  /** Notes where an upload is going to be written. */
  abstract beginUpload(key: string, at: Date): Promise<void>;
  /** Gives up uploads begun before `before` that no restore has taken up. Answers the keys of all that are given up and not yet forgotten. */
  abstract giveUpUploads(before: Date): Promise<string[]>;
  /** The object of an upload that was given up is removed. Idempotent. */
  abstract forgetUpload(key: string): Promise<void>;

  /** The secret that links are signed with: made once, 32 bytes, the same ever after. */
  abstract linkSecret(): Promise<Buffer>;
}
