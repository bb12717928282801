import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';

export interface JobFigures {
  status: 'Created' | 'Started' | 'Completed' | 'Failed' | 'Cancelled';
  started: string;
  stopped?: string;
  phase?: string;
  handledEvents: number;
  totalEvents?: number;
  handledAssets: number;
  totalAssets?: number;
  /** Files that events brought and that were lost before; in none of the other figures. */
  lostAssets: number;
  eventsPerSecond?: number;
  error?: { code: string; message: string };
}

/** As `/api/restores/{id}` shows it. */
export interface RestoreJob extends JobFigures {
  id: string;
  appId?: string;
  appName?: string;
  log: { timestamp: string; message: string }[];
  report?: Record<string, unknown>;
}

/** As `/api/apps/{app}/backups` shows it. */
export interface BackupJob extends JobFigures {
  id: string;
  archiveSize?: number;
  verified?: CheckResult & { at: string };
  proved?: ProofResult & { at: string };
  _links: Record<string, { href: string; method: string }>;
}

export interface CheckResult {
  ok: boolean;
  findings: string[];
  moreFindings: number;
}

export interface ProofResult extends CheckResult {
  comparedRows: number;
  comparedFolds: number;
}

/** A verification or a proof, as `/api/apps/{app}/jobs/{id}` shows it. */
export interface CheckJob extends JobFigures {
  id: string;
  taskName: 'verify' | 'prove';
  log: { timestamp: string; message: string }[];
  result?: CheckResult | ProofResult;
}

export interface RestoreOptions {
  name?: string;
  dryRun?: boolean;
  idempotencyKey?: string;
}

export function isFinished(job: JobFigures): boolean {
  return job.status !== 'Created' && job.status !== 'Started';
}

/** Sends an archive from the disk, never whole in memory. Answers the restore's id. */
export async function restoreFile(client: ApiClient, file: string, options: RestoreOptions = {}): Promise<string> {
  const { name, dryRun, idempotencyKey } = options;
  const fields = { ...(name === undefined ? {} : { name }), ...(dryRun ? { dryRun: 'true' } : {}) };
  const upload = { fields, file: { path: file, name: basename(file), type: 'application/zip' } };
  const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  const { id } = await client.post<{ id: string }>('/api/restores', { upload }, headers);
  return id;
}

/** Looks at a restore until it has ended, however it did. */
export function followRestore(client: ApiClient, id: string, onLook: (job: RestoreJob) => void = () => {}): Promise<RestoreJob> {
  return follow(() => client.get<RestoreJob>(`/api/restores/${id}`), onLook);
}

/** Starts a backup of the app and looks at it until it has ended, however it did. */
export async function makeBackup(client: ApiClient, app: string, onLook: (job: BackupJob) => void = () => {}): Promise<BackupJob> {
  const answer = await client.send('POST', `/api/apps/${app}/backups`);
  const id = answer.headers.get('location')!.split('/').at(-1);
  return follow(async () => {
    const { items } = await client.get<{ items: BackupJob[] }>(`/api/apps/${app}/backups`);
    return items.find((job) => job.id === id)!;
  }, onLook);
}

/** Verifies a backup, or proves that it can be restored, and looks at it until that has ended, however it did. */
export async function checkBackup(client: ApiClient, app: string, backupId: string, kind: 'verify' | 'prove'): Promise<CheckJob> {
  const { id } = await client.post<{ id: string }>(`/api/apps/${app}/backups/${backupId}/${kind}`);
  return follow(
    () => client.get<CheckJob>(`/api/apps/${app}/jobs/${id}`),
    () => {},
  );
}

/** Looks less often the longer it takes: each look is work for several services. */
async function follow<Job extends JobFigures>(look: () => Promise<Job>, onLook: (job: Job) => void): Promise<Job> {
  for (let wait = 50; ; wait = Math.min(wait * 1.5, 1_000)) {
    const job = await look();
    onLook(job);
    if (isFinished(job)) return job;
    await pause(wait);
  }
}
