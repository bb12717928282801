import { setTimeout as pause } from 'node:timers/promises';
import { type ApiClient, type BackupJob, followRestore, isFinished, type RestoreJob } from '@reprise/gateway-client';
import { type ZipEntry, readZip } from '@reprise/backup-testing';
import { patiently } from './patient-client.js';

const LOOK_MS = 200;

/** Starts a backup, once however often the gateway has to be asked. */
export async function startBackup(client: ApiClient, app: string, key: string): Promise<string> {
  const answer = await client.send('POST', `/api/apps/${app}/backups`, undefined, { 'idempotency-key': key });
  return answer.headers.get('location')!.split('/').at(-1)!;
}

export async function backupOf(client: ApiClient, app: string, id: string): Promise<BackupJob> {
  const { items } = await client.get<{ items: BackupJob[] }>(`/api/apps/${app}/backups`);
  const job = items.find((each) => each.id === id);
  if (!job) throw new Error(`The backup ${id} of ${app} is gone.`);
  return job;
}

/** Looks at a backup until it has ended, however it did. */
export async function followBackup(client: ApiClient, app: string, id: string): Promise<BackupJob> {
  for (;;) {
    const job = await backupOf(client, app, id);
    if (isFinished(job)) return job;
    await pause(LOOK_MS);
  }
}

/** Starts a restore of a backup, once however often the gateway has to be asked. */
export async function startRestore(client: ApiClient, backupId: string, name: string): Promise<string> {
  return (await client.post<{ id: string }>('/api/restores', { json: { backupId, name } }, { 'idempotency-key': `restore-${name}` })).id;
}

export async function restoreEnded(client: ApiClient, id: string): Promise<RestoreJob> {
  return followRestore(client, id);
}

/** The archive of a completed backup, by its link, without a token. */
export async function download(url: string, job: BackupJob): Promise<ZipEntry[]> {
  const bytes = await patiently(async () => {
    const answer = await fetch(url + job._links['download']!.href);
    if (!answer.ok) throw new TypeError(`The download was answered by ${answer.status}.`);
    return Buffer.from(await answer.arrayBuffer());
  });
  return readZip(bytes);
}
