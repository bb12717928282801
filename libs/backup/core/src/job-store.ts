import { hasCode, RepriseError } from '@reprise/kernel';
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

/** A job, and how far its segments are. */
export interface JobWithProgress {
  job: Job;
  progress: JobProgress;
}

/** Changes to segments that are stored in the same step as a change of their job. */
export interface SegmentChanges {
  add?: NewSegment[];
  /** Waiting segments of these stages are never run. */
  drop?: SegmentStage[];
  /** All segments of these stages are to be done again, results forgotten. */
  restart?: SegmentStage[];
  /** The job has ended: what its figures need is in itself. */
  clear?: boolean;
}

/**
 * Jobs and their segments. A job changes only by compare-and-set on its version; a segment only under the token of its
 * last attempt. Whatever resolves is durable (leases and signs of life needn't be: one that is lost means an attempt too many).
 * What it answers is the caller's own copy. All durations are milliseconds and judged by the store's own clock, whatever the clocks of
 * the processes say that share it.
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
  /**
   * Stores `job` over the version that it carries and answers it with the next one; undefined when another was quicker or it is gone.
   * With `lease`, only while that is the token of the last lease on the job: error {@link leaseLost}, and nothing changes.
   */
  abstract save(job: Job, changes?: SegmentChanges, lease?: string): Promise<Job | undefined>;
  /** With its segments and its lease. Idempotent. */
  abstract delete(jobId: string): Promise<void>;

  /**
   * Leases the job for so long, to whoever is going to do its next steps; answers the lease's token, which no other lease has. Undefined when
   * the job is gone, or somebody's lease on it runs: that one is asked to look at the job again, see {@link release}.
   */
  abstract lease(jobId: string, ms: number): Promise<string | undefined>;
  /** The lease lasts so long from now. False when another has it since, or it was given back; true if it only ran out. */
  abstract renewLease(jobId: string, token: string, ms: number): Promise<boolean>;
  /**
   * Gives the lease back. False when somebody wanted it since it was given, or since the last such answer: then it is kept, and its holder looks at the
   * job again. True otherwise, also when the lease is another's by now.
   */
  abstract release(jobId: string, token: string): Promise<boolean>;

  abstract progress(jobId: string): Promise<JobProgress>;
  /** Both at once; the segments are at least as far as the job says. */
  abstract look(jobId: string): Promise<JobWithProgress | undefined>;
  /** In order of their planning. */
  abstract segments(jobId: string, stage: SegmentStage): Promise<Segment[]>;
  /**
   * Gives out waiting segments in order, so that at most `inFlight` run: each gets a new token and is `running`, which is its first sign of
   * life. Whoever asks holds the job's lease, so that two at once are rare; should it happen, no segment is given out twice.
   */
  abstract claim(jobId: string, stage: SegmentStage, inFlight: number): Promise<Segment[]>;
  /** False when the token is old, or the segment isn't running (a repeat): nothing changes then. */
  abstract finish(jobId: string, segment: string, token: string, result: SegmentResult): Promise<boolean>;
  /** The attempt failed: to be tried again (`waiting`) or for good. False as above. */
  abstract fail(jobId: string, segment: string, token: string, error: SegmentError, again: boolean): Promise<boolean>;
  /** A sign of life of an attempt. Answers its job; undefined when it isn't the attempt that counts any more. */
  abstract renew(jobId: string, segment: string, token: string): Promise<Job | undefined>;
  /**
   * Running segments of all jobs wait again: those that were renewed, where that is longer ago than `silentMs`, whoever was at them is gone; those that
   * never were, given out longer ago than `unbegunMs`, may still be on their way, or lost on it.
   */
  abstract requeueSilent(silentMs: number, unbegunMs: number): Promise<void>;
  /** After the start of an installation that is one process: whatever ran before is gone. All running segments wait again, and no lease runs any more. */
  abstract takeOver(): Promise<void>;

  /** Notes where an upload is going to be written. */
  abstract beginUpload(key: string): Promise<void>;
  /** Gives up uploads begun longer ago that no restore has taken up. Answers the keys of all that are given up and not yet forgotten. */
  abstract giveUpUploads(olderThanMs: number): Promise<string[]>;
  /** The object of an upload that was given up is removed. Idempotent. */
  abstract forgetUpload(key: string): Promise<void>;

  /** The secret that links are signed with: made once, 32 bytes, the same ever after. */
  abstract linkSecret(): Promise<Buffer>;
}

const LEASE_LOST = 'jobs.lease-lost';

/** Another has taken the job on since. */
export function leaseLost(jobId: string): RepriseError {
  return new RepriseError('cancelled', LEASE_LOST, `The job ${jobId} was taken on by another process, which goes on with it.`);
}

export function isLeaseLost(error: unknown): boolean {
  return hasCode(error, LEASE_LOST);
}
