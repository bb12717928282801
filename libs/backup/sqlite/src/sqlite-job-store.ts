import { randomBytes } from 'node:crypto';
import { emptyProgress, JobStore } from '@reprise/backup-core';
import type {
  BackupJob,
  CheckJob,
  Job,
  JobFilter,
  JobProgress,
  JobWithProgress,
  RestoreJob,
  Segment,
  SegmentChanges,
  SegmentError,
  SegmentStage,
  SegmentState,
} from '@reprise/backup-core';
import type { SegmentResult } from '@reprise/contracts';
import { newId, type Clock } from '@reprise/kernel';
import type { SqliteDatabase, SqliteModule } from '@reprise/sqlite';

export const backupTables: SqliteModule = { name: 'backup', url: new URL('./backup.procedures.js', import.meta.url).href };

interface SegmentRow {
  job_id: string;
  id: string;
  stage: SegmentStage;
  kind: Segment['kind'];
  from_position: number;
  to_position: number;
  state: SegmentState;
  attempts: number;
  token: string | null;
  result: string | null;
  error: string | null;
}

interface ProgressRow {
  stage: SegmentStage;
  state: SegmentState;
  count: number;
  events: number;
  assets: number;
  lostAssets: number;
  bytes: number;
}

/** The name of the secret that links are signed with. */
const LINKS = 'links';
const IN_STAGE = 'SELECT * FROM backup_segments WHERE job_id = ? AND stage = ? ORDER BY seq';

export class SqliteJobStore extends JobStore {
  /** The store's clock is that of the process: nobody else has the file. */
  constructor(
    private readonly database: SqliteDatabase,
    private readonly clock: Clock,
  ) {
    super();
  }

  async createBackup(job: BackupJob, limit: number): Promise<Job> {
    return parse(await this.database.call<string>('backup.createBackup', { job, limit }));
  }

  async createRestore(job: RestoreJob): Promise<Job> {
    return parse(await this.database.call<string>('backup.createRestore', { job }));
  }

  async createCheck(job: CheckJob): Promise<Job> {
    return parse(await this.database.call<string>('backup.createCheck', { job }));
  }

  async find(jobId: string): Promise<Job | undefined> {
    const row = this.database.get<{ body: string }>('SELECT body FROM backup_jobs WHERE id = ?', [jobId]);
    return row && parse(row.body);
  }

  async list(filter: JobFilter): Promise<Job[]> {
    const rows = this.database.query<{ body: string }>(
      `SELECT body FROM backup_jobs WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR app_id = ?2) AND (?3 IS NULL OR actor = ?3) AND needs_work >= ?4 ORDER BY seq DESC`,
      [filter.kind ?? null, filter.appId ?? null, filter.actor ?? null, filter.needsWork ? 1 : 0],
    );
    return rows.map(({ body }) => parse(body));
  }

  async save(job: Job, changes?: SegmentChanges, lease?: string): Promise<Job | undefined> {
    const saved = await this.database.call<boolean>('backup.save', { job, ...(changes ? { changes } : {}), ...(lease === undefined ? {} : { lease }) });
    return saved ? { ...job, version: job.version + 1 } : undefined;
  }

  async delete(jobId: string): Promise<void> {
    await this.database.call('backup.remove', { jobId });
  }

  async lease(jobId: string, ms: number): Promise<string | undefined> {
    const token = newId();
    const now = this.now();
    return (await this.database.call<boolean>('backup.lease', { jobId, token, now, until: now + ms }, { durable: false })) ? token : undefined;
  }

  async renewLease(jobId: string, token: string, ms: number): Promise<boolean> {
    return this.database.call<boolean>('backup.renewLease', { jobId, token, until: this.now() + ms }, { durable: false });
  }

  async release(jobId: string, token: string): Promise<boolean> {
    return this.database.call<boolean>('backup.release', { jobId, token }, { durable: false });
  }

  async progress(jobId: string): Promise<JobProgress> {
    const rows = this.database.query<ProgressRow>(
      `SELECT stage, state, count(*) AS count, sum(events) AS events, sum(assets) AS assets, sum(bytes) AS bytes,
         sum(coalesce(result ->> 'lostAssets', 0)) AS lostAssets
       FROM backup_segments WHERE job_id = ? GROUP BY stage, state`,
      [jobId],
    );
    const progress = emptyProgress();
    for (const { stage, state, count, ...sums } of rows) {
      if (state !== 'dropped') progress[stage][state] = count;
      if (state === 'done') Object.assign(progress[stage], sums);
    }
    return progress;
  }

  async look(jobId: string): Promise<JobWithProgress | undefined> {
    const job = await this.find(jobId);
    return job && { job, progress: await this.progress(jobId) };
  }

  async segments(jobId: string, stage: SegmentStage): Promise<Segment[]> {
    return this.database.query<SegmentRow>(IN_STAGE, [jobId, stage]).map(toSegment);
  }

  async claim(jobId: string, stage: SegmentStage, inFlight: number): Promise<Segment[]> {
    const tokens = Array.from({ length: inFlight }, newId);
    const ids = await this.database.call<string[]>('backup.claim', { jobId, stage, tokens, now: this.now() });
    const rows = ids.map((id) => this.database.get<SegmentRow>('SELECT * FROM backup_segments WHERE job_id = ? AND id = ?', [jobId, id]));
    return rows.flatMap((row) => (row ? [toSegment(row)] : []));
  }

  async finish(jobId: string, segment: string, token: string, result: SegmentResult): Promise<boolean> {
    return this.database.call<boolean>('backup.finish', { jobId, segment, token, result });
  }

  async fail(jobId: string, segment: string, token: string, error: SegmentError, again: boolean): Promise<boolean> {
    return this.database.call<boolean>('backup.fail', { jobId, segment, token, error, again });
  }

  async renew(jobId: string, segment: string, token: string): Promise<Job | undefined> {
    const counts = await this.database.call<boolean>('backup.renew', { jobId, segment, token, now: this.now() }, { durable: false });
    return counts ? this.find(jobId) : undefined;
  }

  async requeueSilent(silentMs: number, unbegunMs: number): Promise<void> {
    await this.database.call('backup.requeueSilent', { silentSince: this.now() - silentMs, unbegunSince: this.now() - unbegunMs });
  }

  async takeOver(): Promise<void> {
    await this.database.call('backup.takeOver', {});
  }

  async beginUpload(key: string): Promise<void> {
    await this.database.call('backup.beginUpload', { key, begun: this.clock.now().toISOString() });
  }

  async giveUpUploads(olderThanMs: number): Promise<string[]> {
    return this.database.call<string[]>('backup.giveUpUploads', { before: new Date(this.now() - olderThanMs).toISOString() });
  }

  async forgetUpload(key: string): Promise<void> {
    await this.database.call('backup.forgetUpload', { key });
  }

  /** Written when there is none: a job can be looked at while the disk is full. */
  async linkSecret(): Promise<Buffer> {
    const stored = this.database.get<{ value: string }>('SELECT value FROM backup_secrets WHERE name = ?', [LINKS])?.value;
    const secret = stored ?? (await this.database.call<string>('backup.secret', { name: LINKS, fresh: randomBytes(32).toString('hex') }));
    return Buffer.from(secret, 'hex');
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function parse(body: string): Job {
  return JSON.parse(body) as Job;
}

function toSegment(row: SegmentRow): Segment {
  return {
    jobId: row.job_id,
    id: row.id,
    stage: row.stage,
    kind: row.kind,
    from: row.from_position,
    to: row.to_position,
    state: row.state,
    attempts: row.attempts,
    ...(row.token === null ? {} : { token: row.token }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as SegmentResult }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as SegmentError }),
  };
}
