import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { followRestore, readApp, restoreFile, type ApiClient, type AppContents } from '@reprise/gateway-client';
import type { ZipEntry } from '@reprise/backup-testing';
import { download, followBackup, restoreEnded, startBackup, startRestore } from './jobs.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const UPLOADS_AT_ONCE = 8;

/** An archive of the repository, its contents so many times over, is restored as `name`; files are added. */
export async function grownApp(client: ApiClient, name: string, { times, assets }: { times: number; assets: number }): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-faults-'));
  try {
    const file = join(folder, 'grown.zip');
    await promisify(execFile)('python3', [join(root, 'bench/grow_archive.py'), join(root, 'fixtures/archives/small.zip'), file, String(times)]);
    const job = await followRestore(client, await restoreFile(client, file, { name, idempotencyKey: name }));
    if (job.status !== 'Completed') throw new Error(`The app to begin with could not be restored: ${job.error?.message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
  const upload = async (writer: number) => {
    for (let n = writer; n < assets; n += UPLOADS_AT_ONCE) {
      const form = new FormData();
      form.set('file', new Blob([randomBytes(1_000 + ((n * 7_919) % 60_000))]), `file-${n}.bin`);
      await client.post(`/api/apps/${name}/assets`, { form });
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, (_, writer) => upload(writer)));
}

/** What every other run is compared with. */
export interface Undisturbed {
  backupId: string;
  app: { id: string; name: string };
  entries: ZipEntry[];
  contents: AppContents;
  /** How long it took to make this backup, and to restore it. */
  ms: { backup: number; restore: number };
}

/** The app `name` is backed up, and once restored under another name. */
export async function undisturbed(cluster: { client: ApiClient; url: string }, name: string): Promise<Undisturbed> {
  const { client, url } = cluster;
  const [job, backup] = await timed(async () => followBackup(client, name, await startBackup(client, name, 'undisturbed')));
  const [{ status }, restore] = await timed(async () => restoreEnded(client, await startRestore(client, job.id, `${name}-again`)));
  if (status !== 'Completed') throw new Error(`The restore of ${name}, which nobody disturbed, ended as ${status}.`);
  const { id } = await client.get<{ id: string }>(`/api/apps/${name}`);
  return { backupId: job.id, app: { id, name }, entries: await download(url, job), contents: await readApp(client, name), ms: { backup, restore } };
}

/** With the milliseconds that it took. */
async function timed<Result>(work: () => Promise<Result>): Promise<[Result, number]> {
  const began = performance.now();
  return [await work(), performance.now() - began];
}
