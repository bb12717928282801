import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, followRestore, restoreFile, type RestoreJob } from '@reprise/gateway-client';
import { expect } from 'vitest';
import { appNames } from './standalone.js';

/** Restores an archive that must be refused; see {@link failedWithoutTrace}. */
export async function failedRestore(client: ApiClient, archive: Buffer, name: string): Promise<RestoreJob> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-e2e-'));
  try {
    const file = join(folder, 'archive.zip');
    await writeFile(file, archive);
    return await failedWithoutTrace(client, await restoreFile(client, file, { name }), name);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Failed, with nothing left: not listed, and the name is free for an app that is empty. */
export async function failedWithoutTrace(client: ApiClient, id: string, name: string): Promise<RestoreJob> {
  const job = await followRestore(client, id);
  expect(job.status).toBe('Failed');
  expect(job.log.at(-1)!.message).toContain(job.error!.message);
  expect(await appNames(client)).not.toContain(name);
  await client.post('/api/apps', { json: { name } });
  expect(await client.get(`/api/apps/${name}/schemas`)).toMatchObject({ items: [] });
  return job;
}
