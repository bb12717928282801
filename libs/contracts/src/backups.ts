import { z } from 'zod';
import { AppRef, command, Principal } from './common.js';
import { defineFact, defineRequest, defineWork } from './define.js';

export const JobStatus = z.enum(['Created', 'Started', 'Completed', 'Failed', 'Cancelled']);
export type JobStatus = z.infer<typeof JobStatus>;

/** A signature over one backup and a moment: `expires` in seconds since 1970, `signature` in base64url. */
export const LinkSignature = z.object({ expires: z.number().int(), signature: z.string() });
export type LinkSignature = z.infer<typeof LinkSignature>;

/** What reading all of an archive has shown. */
export const CheckResult = z.object({ ok: z.boolean(), findings: z.array(z.string()), moreFindings: z.number().int() });
/** What comparing a restore of it with the live app has shown. */
export const ProofResult = CheckResult.extend({ comparedRows: z.number().int(), comparedFolds: z.number().int() });

/** A job as everybody sees it: REST, SSE, command line and console show these same figures. */
export const JobView = z.object({
  id: z.string(),
  kind: z.enum(['backup', 'restore', 'verify', 'prove']),
  status: JobStatus,
  /** `exporting`, `assembling`, `verifying`; `fetching`, `inspecting`, `importing`, `rebuilding`, `proving`; `checking`; `comparing`, `cleaning`; absent before and after. */
  phase: z.string().optional(),
  /** The app; of a restore, the new one. */
  app: AppRef.optional(),
  created: z.string(),
  started: z.string().optional(),
  stopped: z.string().optional(),
  handledEvents: z.number().int(),
  totalEvents: z.number().int().optional(),
  handledAssets: z.number().int(),
  totalAssets: z.number().int().optional(),
  /** Files that events brought and that were lost before: in none of the other figures. */
  lostAssets: z.number().int(),
  handledBytes: z.number(),
  totalBytes: z.number().optional(),
  eventsPerSecond: z.number().optional(),
  eta: z.string().optional(),
  log: z.array(z.object({ timestamp: z.string(), message: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Restore only. `url` as sent, to its requester alone; others see it without query and user info. */
  url: z.string().optional(),
  report: z.unknown().optional(),
  /** Backup only, once Completed. */
  archive: z.object({ size: z.number(), etag: z.string(), fileName: z.string(), link: LinkSignature }).optional(),
  /** Backup only: what its last verification and its last proof have shown, and when. */
  verified: CheckResult.extend({ at: z.string() }).optional(),
  proved: ProofResult.extend({ at: z.string() }).optional(),
  /** Verification and proof only: of which backup, and what came out. */
  backupId: z.string().optional(),
  result: z.union([ProofResult, CheckResult]).optional(),
});
export type JobView = z.infer<typeof JobView>;

/** Answered when the job is on disk. Errors: `backups.limit-reached` (invalid), `backups.already-running` (invalid), `apps.not-found`. */
export const startBackup = defineRequest('backup.start', { body: z.object({ ...command, app: AppRef }), reply: z.object({ jobId: z.string() }) });

/**
 * Reads every byte of a backup's archive (`verify`), or restores it into a shadow app and compares that with the live one (`prove`). Answered when
 * the job is on disk. Without app: of whichever, deleted ones too (administrators). Errors: `backups.not-found`, `checks.already-running` (invalid),
 * `apps.not-found`: a proof needs the living app.
 */
export const startCheck = defineRequest('backup.check', {
  body: z.object({ ...command, app: AppRef.optional(), backupId: z.string(), kind: z.enum(['verify', 'prove']) }),
  reply: z.object({ jobId: z.string() }),
});

/** Backups of an app and what is done with them, newest first. */
export const listJobs = defineRequest('backup.list-jobs', {
  body: z.object({ principal: Principal, app: AppRef }),
  reply: z.object({ jobs: z.array(JobView) }),
});

/** Newest first. Without app: every archive, those of deleted apps too (administrators). */
export const listBackups = defineRequest('backup.list', {
  body: z.object({ principal: Principal, app: AppRef.optional() }),
  reply: z.object({ jobs: z.array(JobView) }),
});

/** A backup, by its id alone, whatever became of its app. Error `backups.not-found`. */
export const findBackup = defineRequest('backup.find', { body: z.object({ principal: Principal, jobId: z.string() }), reply: z.object({ job: JobView }) });

/** Deletes a backup, or the record of a verification or proof. Cancels a running one. Without app: of whichever, deleted ones too (administrators). Error `backups.not-found`. */
export const deleteBackup = defineRequest('backup.delete', {
  body: z.object({ ...command, app: AppRef.optional(), jobId: z.string() }),
  reply: z.object({}),
});

/** Ends as Cancelled, or as what it had become already. Error `jobs.not-found`. */
export const cancelJob = defineRequest('backup.cancel', {
  body: z.object({ ...command, app: AppRef.optional(), jobId: z.string() }),
  reply: z.object({}),
});

/**
 * Opens an archive for download, by a signature or by a principal with rights on the app. Error `backups.not-found` in every other case.
 * The bytes are read from the archive store at `key`.
 */
export const openArchive = defineRequest('backup.open-archive', {
  body: z.object({ jobId: z.string(), appId: z.string().optional(), link: LinkSignature.optional(), principal: Principal.optional() }),
  reply: z.object({ key: z.string(), size: z.number(), etag: z.string(), fileName: z.string() }),
});

export const RestoreSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('url'), url: z.string() }),
  z.object({ kind: z.literal('backup'), backupId: z.string() }),
  /** Already written to `key` in the archive store; the job owns it from now on. */
  z.object({ kind: z.literal('upload'), key: z.string(), fileName: z.string() }),
]);
export type RestoreSource = z.infer<typeof RestoreSource>;

/** Answered when the job is on disk. Errors: `restores.invalid` (invalid, details), `auth.forbidden`, `backups.not-found`. */
export const startRestore = defineRequest('restore.start', {
  body: z.object({ ...command, source: RestoreSource, name: z.string().optional(), dryRun: z.boolean().optional() }),
  reply: z.object({ jobId: z.string() }),
});
/** The caller's (administrators: all), newest first. */
export const listRestores = defineRequest('restore.list', { body: z.object({ principal: Principal }), reply: z.object({ jobs: z.array(JobView) }) });
export const findRestore = defineRequest('restore.find', { body: z.object({ principal: Principal, jobId: z.string() }), reply: z.object({ job: JobView }) });
/** Where an upload for a restore is written in the archive store; forgotten and removed when no restore takes it up. */
export const beginArchiveUpload = defineRequest('restore.begin-upload', { body: z.object({ principal: Principal }), reply: z.object({ key: z.string() }) });

/** The saga's own heartbeat: look at the job and do the next step. Sent doubled or late it does nothing. */
export const advanceJob = defineWork('backup.advance', {
  body: z.object({
    jobId: z.string(),
    /** How often it was tried in vain. */
    failures: z.number().int().min(0).optional(),
  }),
  maxAttempts: 20,
});

const JobFact = z.object({
  jobId: z.string(),
  app: AppRef.optional(),
  events: z.number().int(),
  assets: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Verification and proof: of which backup. */
  backupId: z.string().optional(),
  /** `backup.completed` alone. */
  archive: z.object({ size: z.number(), link: LinkSignature }).optional(),
});
export const backupCompleted = defineFact('backup.completed', { body: JobFact });
export const backupFailed = defineFact('backup.failed', { body: JobFact });
export const backupCancelled = defineFact('backup.cancelled', { body: JobFact });
export const restoreCompleted = defineFact('restore.completed', { body: JobFact });
export const restoreFailed = defineFact('restore.failed', { body: JobFact });
export const restoreCancelled = defineFact('restore.cancelled', { body: JobFact });
export const verificationCompleted = defineFact('verification.completed', { body: JobFact });
export const verificationFailed = defineFact('verification.failed', { body: JobFact });
export const verificationCancelled = defineFact('verification.cancelled', { body: JobFact });
export const proofCompleted = defineFact('proof.completed', { body: JobFact });
export const proofFailed = defineFact('proof.failed', { body: JobFact });
export const proofCancelled = defineFact('proof.cancelled', { body: JobFact });
