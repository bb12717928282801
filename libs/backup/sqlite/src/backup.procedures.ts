import type { DatabaseSync } from 'node:sqlite';
import {
  appIdOf,
  archiveOf,
  isFinished,
  leaseLost,
  needsWork,
  type BackupJob,
  type CheckJob,
  type Job,
  type NewSegment,
  type RestoreJob,
  type SegmentChanges,
  type SegmentError,
} from '@reprise/backup-core';
import type { SegmentResult } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { all, first, run } from '@reprise/sqlite';

/**
 * A job is one document; the columns beside it are what it is found and counted by. Deleted and finished are told by the document's
 * own fields, so that there is one truth.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS backup_jobs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  app_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  command_key TEXT,
  running INTEGER NOT NULL,
  needs_work INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS backup_jobs_by_key ON backup_jobs (actor, command_key) WHERE command_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS backup_jobs_by_app ON backup_jobs (app_id, kind);
CREATE INDEX IF NOT EXISTS backup_jobs_open ON backup_jobs (seq) WHERE needs_work = 1;
CREATE TABLE IF NOT EXISTS backup_segments (
  job_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  kind TEXT NOT NULL,
  from_position INTEGER NOT NULL,
  to_position INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  token TEXT,
  events INTEGER NOT NULL,
  assets INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  result TEXT,
  error TEXT,
  PRIMARY KEY (job_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS backup_segments_by_state ON backup_segments (job_id, stage, state, seq);
CREATE INDEX IF NOT EXISTS backup_segments_running ON backup_segments (state) WHERE state = 'running';
CREATE TABLE IF NOT EXISTS backup_attempts (token TEXT PRIMARY KEY, alive INTEGER NOT NULL, begun INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backup_job_leases (job_id TEXT PRIMARY KEY, token TEXT NOT NULL, until INTEGER NOT NULL, wanted INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backup_uploads (key TEXT PRIMARY KEY, begun TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backup_uploads_given_up (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backup_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

function columns(job: Job) {
  return {
    version: job.version,
    running: isFinished(job) ? 0 : 1,
    needs_work: needsWork(job) ? 1 : 0,
    kept: archiveOf(job) ? 1 : 0,
    body: JSON.stringify(job),
  };
}

function insertJob(db: DatabaseSync, job: Job): string {
  const values = columns(job);
  run(
    db,
    `INSERT INTO backup_jobs (id, version, kind, app_id, actor, command_key, running, needs_work, kept, body)
     VALUES (:id, :version, :kind, :app, :actor, :key, :running, :needs_work, :kept, :body)`,
    { ...values, id: job.id, kind: job.kind, app: appIdOf(job), actor: job.requester.actor, key: job.key ?? null },
  );
  return values.body;
}

/** The job that the same caller started under the same key. */
function repeated(db: DatabaseSync, job: Job): string | undefined {
  if (job.key === undefined) return undefined;
  return first<{ body: string }>(db, 'SELECT body FROM backup_jobs WHERE actor = ? AND command_key = ?', [job.requester.actor, job.key])?.body;
}

function createBackup(db: DatabaseSync, { job, limit }: { job: BackupJob; limit: number }): string {
  const before = repeated(db, job);
  if (before !== undefined) return before;
  const { running, kept } = first<{ running: number; kept: number }>(
    db,
    `SELECT coalesce(sum(running), 0) AS running, coalesce(sum(kept), 0) AS kept FROM backup_jobs WHERE app_id = ? AND kind = 'backup'`,
    [job.app.id],
  )!;
  if (running > 0) throw new RepriseError('invalid', 'backups.already-running', 'Another job is already running.');
  if (kept >= limit) throw new RepriseError('invalid', 'backups.limit-reached', `You cannot have more than ${limit} backups.`);
  return insertJob(db, job);
}

function createRestore(db: DatabaseSync, { job }: { job: RestoreJob }): string {
  const before = repeated(db, job);
  if (before !== undefined) return before;
  if (job.source.kind === 'upload' && run(db, 'DELETE FROM backup_uploads WHERE key = ?', [job.source.key]) === 0) {
    throw new RepriseError('invalid', 'restores.upload-unknown', 'The upload is not known or was used before. Upload the archive again.');
  }
  return insertJob(db, job);
}

function createCheck(db: DatabaseSync, { job }: { job: CheckJob }): string {
  const before = repeated(db, job);
  if (before !== undefined) return before;
  const running = first(db, `SELECT 1 FROM backup_jobs WHERE app_id = ? AND kind = ? AND running = 1 AND body ->> 'backupId' = ?`, [
    job.app.id,
    job.kind,
    job.backupId,
  ]);
  if (running) throw new RepriseError('invalid', 'checks.already-running', 'The same is being done with this backup already. Wait for its end.');
  return insertJob(db, job);
}

function save(db: DatabaseSync, { job, changes, lease }: { job: Job; changes?: SegmentChanges; lease?: string }): boolean {
  if (lease !== undefined && !holds(db, job.id, lease)) throw leaseLost(job.id);
  const saved = run(
    db,
    `UPDATE backup_jobs SET version = :version, running = :running, needs_work = :needs_work, kept = :kept, body = :body WHERE id = :id AND version = :before`,
    { ...columns({ ...job, version: job.version + 1 }), id: job.id, before: job.version },
  );
  if (saved === 0) return false;
  for (const stage of changes?.drop ?? []) {
    run(db, `UPDATE backup_segments SET state = 'dropped' WHERE job_id = ? AND stage = ? AND state = 'waiting'`, [job.id, stage]);
  }
  for (const stage of changes?.restart ?? []) {
    run(
      db,
      `UPDATE backup_segments SET state = 'waiting', attempts = 0, token = NULL, events = 0, assets = 0, bytes = 0, result = NULL, error = NULL
       WHERE job_id = ? AND stage = ? AND state <> 'dropped'`,
      [job.id, stage],
    );
  }
  if (changes?.clear) run(db, 'DELETE FROM backup_segments WHERE job_id = ?', [job.id]);
  addSegments(db, job.id, changes?.add ?? []);
  return true;
}

function addSegments(db: DatabaseSync, jobId: string, segments: NewSegment[]): void {
  segments.forEach(({ id, stage, kind, from, to }, seq) =>
    run(
      db,
      `INSERT INTO backup_segments (job_id, seq, id, stage, kind, from_position, to_position, state, attempts, events, assets, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, 0, 0, 0)`,
      [jobId, seq, id, stage, kind, from, to],
    ),
  );
}

function remove(db: DatabaseSync, { jobId }: { jobId: string }): void {
  run(db, 'DELETE FROM backup_segments WHERE job_id = ?', [jobId]);
  run(db, 'DELETE FROM backup_job_leases WHERE job_id = ?', [jobId]);
  run(db, 'DELETE FROM backup_jobs WHERE id = ?', [jobId]);
}

function holds(db: DatabaseSync, jobId: string, token: string): boolean {
  return first(db, 'SELECT 1 FROM backup_job_leases WHERE job_id = ? AND token = ?', [jobId, token]) !== undefined;
}

/** False when somebody's lease runs, or the job is gone. */
function lease(db: DatabaseSync, { jobId, token, now, until }: { jobId: string; token: string; now: number; until: number }): boolean {
  if (run(db, 'UPDATE backup_job_leases SET wanted = 1 WHERE job_id = ? AND until > ?', [jobId, now]) > 0) return false;
  return (
    run(db, 'INSERT OR REPLACE INTO backup_job_leases (job_id, token, until, wanted) SELECT id, ?, ?, 0 FROM backup_jobs WHERE id = ?', [token, until, jobId]) >
    0
  );
}

function renewLease(db: DatabaseSync, { jobId, token, until }: { jobId: string; token: string; until: number }): boolean {
  return run(db, 'UPDATE backup_job_leases SET until = ? WHERE job_id = ? AND token = ?', [until, jobId, token]) > 0;
}

function release(db: DatabaseSync, { jobId, token }: { jobId: string; token: string }): boolean {
  if (run(db, 'UPDATE backup_job_leases SET wanted = 0 WHERE job_id = ? AND token = ? AND wanted = 1', [jobId, token]) > 0) return false;
  run(db, 'DELETE FROM backup_job_leases WHERE job_id = ? AND token = ?', [jobId, token]);
  return true;
}

/** When an attempt, known by its token, last gave a sign of life (milliseconds since 1970), and whether a worker did, or it was only given out. */
const ALIVE = 'INSERT OR REPLACE INTO backup_attempts (token, alive, begun) VALUES (?, ?, ?)';

/** As many segments as there are tokens may run at once. */
function claim(db: DatabaseSync, { jobId, stage, tokens, now }: { jobId: string; stage: string; tokens: string[]; now: number }): string[] {
  const { running } = first<{ running: number }>(db, `SELECT count(*) AS running FROM backup_segments WHERE job_id = ? AND stage = ? AND state = 'running'`, [
    jobId,
    stage,
  ])!;
  const rows = all<{ id: string }>(db, `SELECT id FROM backup_segments WHERE job_id = ? AND stage = ? AND state = 'waiting' ORDER BY seq LIMIT ?`, [
    jobId,
    stage,
    Math.max(0, tokens.length - running),
  ]);
  return rows.map(({ id }, index) => {
    run(db, `UPDATE backup_segments SET state = 'running', attempts = attempts + 1, token = ? WHERE job_id = ? AND id = ?`, [tokens[index]!, jobId, id]);
    run(db, ALIVE, [tokens[index]!, now, 0]);
    return id;
  });
}

function finish(db: DatabaseSync, { jobId, segment, token, result }: { jobId: string; segment: string; token: string; result: SegmentResult }): boolean {
  const changed = run(
    db,
    `UPDATE backup_segments SET state = 'done', events = ?, assets = ?, bytes = ?, result = ?, error = NULL
     WHERE job_id = ? AND id = ? AND token = ? AND state = 'running'`,
    [result.events, result.assets, result.bytes, JSON.stringify(result), jobId, segment, token],
  );
  return changed > 0;
}

function fail(
  db: DatabaseSync,
  { jobId, segment, token, error, again }: { jobId: string; segment: string; token: string; error: SegmentError; again: boolean },
): boolean {
  const changed = run(db, `UPDATE backup_segments SET state = ?, error = ? WHERE job_id = ? AND id = ? AND token = ? AND state = 'running'`, [
    again ? 'waiting' : 'failed',
    JSON.stringify(error),
    jobId,
    segment,
    token,
  ]);
  return changed > 0;
}

function renew(db: DatabaseSync, { jobId, segment, token, now }: { jobId: string; segment: string; token: string; now: number }): boolean {
  if (!first(db, `SELECT 1 FROM backup_segments WHERE job_id = ? AND id = ? AND token = ? AND state = 'running'`, [jobId, segment, token])) return false;
  run(db, ALIVE, [token, now, 1]);
  return true;
}

function requeueSilent(db: DatabaseSync, { silentSince, unbegunSince }: { silentSince: number; unbegunSince: number }): void {
  run(
    db,
    `UPDATE backup_segments SET state = 'waiting', token = NULL
     WHERE state = 'running' AND token NOT IN (SELECT token FROM backup_attempts WHERE alive >= iif(begun = 1, ?, ?))`,
    [silentSince, unbegunSince],
  );
  run(db, `DELETE FROM backup_attempts WHERE token NOT IN (SELECT token FROM backup_segments WHERE state = 'running')`);
}

function takeOver(db: DatabaseSync): void {
  requeueSilent(db, { silentSince: Number.MAX_SAFE_INTEGER, unbegunSince: Number.MAX_SAFE_INTEGER });
  run(db, 'DELETE FROM backup_job_leases');
}

function beginUpload(db: DatabaseSync, { key, begun }: { key: string; begun: string }): void {
  run(db, 'INSERT OR REPLACE INTO backup_uploads (key, begun) VALUES (?, ?)', [key, begun]);
}

function giveUpUploads(db: DatabaseSync, { before }: { before: string }): string[] {
  run(db, 'INSERT OR IGNORE INTO backup_uploads_given_up (key) SELECT key FROM backup_uploads WHERE begun < ?', [before]);
  run(db, 'DELETE FROM backup_uploads WHERE begun < ?', [before]);
  return all<{ key: string }>(db, 'SELECT key FROM backup_uploads_given_up ORDER BY key', []).map(({ key }) => key);
}

function forgetUpload(db: DatabaseSync, { key }: { key: string }): void {
  run(db, 'DELETE FROM backup_uploads_given_up WHERE key = ?', [key]);
}

function secret(db: DatabaseSync, { name, fresh }: { name: string; fresh: string }): string {
  run(db, 'INSERT OR IGNORE INTO backup_secrets (name, value) VALUES (?, ?)', [name, fresh]);
  return first<{ value: string }>(db, 'SELECT value FROM backup_secrets WHERE name = ?', [name])!.value;
}

export const procedures = {
  createBackup,
  createRestore,
  createCheck,
  save,
  remove,
  claim,
  finish,
  fail,
  renew,
  requeueSilent,
  takeOver,
  lease,
  renewLease,
  release,
  beginUpload,
  giveUpUploads,
  forgetUpload,
  secret,
};
