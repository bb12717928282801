import { type ApiClient, followRestore, makeBackup, type BackupJob, type RestoreJob, restoreFile } from '@reprise/gateway-client';
import { ServerProcess, type ServerOptions } from '@reprise/server-process';
import { product } from './product.js';

/** An installation of one's own, which may fetch archives from this machine: a standalone, or a cluster where that is what is tested. */
export function startStandalone(options: Omit<ServerOptions, 'main'> = {}): Promise<ServerProcess> {
  return ServerProcess.start(product({ ...options, env: { REPRISE_RESTORE_ALLOWED_HOSTS: 'localhost,127.0.0.1,::1', ...options.env } }));
}

/** The job if it went well; an error that tells its log if not. */
export function completed<Job extends RestoreJob | BackupJob>(job: Job): Job {
  if (job.status === 'Completed') return job;
  throw new Error(`The job ended as ${job.status}: ${JSON.stringify(job.error)}\n${'log' in job ? job.log.map(({ message }) => message).join('\n') : ''}`);
}

export async function restore(client: ApiClient, file: string, name?: string): Promise<RestoreJob> {
  return completed(await followRestore(client, await restoreFile(client, file, name === undefined ? {} : { name })));
}

export async function restoreFrom(client: ApiClient, url: string, name?: string): Promise<RestoreJob> {
  return completed(await followRestore(client, await startRestoreFrom(client, url, name)));
}

export async function startRestoreFrom(client: ApiClient, url: string, name?: string): Promise<string> {
  return (await client.post<{ id: string }>('/api/restores', { json: { url, ...(name === undefined ? {} : { name }) } })).id;
}

/** Backs an app up and downloads the archive, without a token. */
export async function backUp(server: Pick<ServerProcess, 'client' | 'url'>, app: string): Promise<{ job: BackupJob; archive: Buffer; link: string }> {
  const job = completed(await makeBackup(server.client, app));
  const link = server.url + job._links['download']!.href;
  const answer = await fetch(link);
  if (!answer.ok) throw new Error(`The download was answered by ${answer.status}.`);
  return { job, archive: Buffer.from(await answer.arrayBuffer()), link };
}

export async function appNames(client: ApiClient): Promise<string[]> {
  return (await client.get<{ name: string }[]>('/api/apps')).map(({ name }) => name);
}
