import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followRestore, readApp, restoreFile, type BackupJob, type RestoreJob } from '@reprise/gateway-client';
import { freePort } from '@reprise/server-process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFixture, fixture, standaloneMain, truthOf } from './support/fixtures.js';
import { completed, restore, startStandalone } from './support/standalone.js';

const big = findFixture('b20k.zip') ? 'b20k' : 'unicode';

describe('The process', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-e2e-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  async function run(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, [standaloneMain], {
      env: { ...process.env, PORT: String(await freePort()), REPRISE_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += String(text)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  it('names every bad setting at once, and no value', async () => {
    const { code, said } = await run({ PORT: 'eighty', REPRISE_LINK_TTL: 'forever', REPRISE_BASE_URL: 'nowhere', REPRISE_MAX_BACKUPS_PER_APP: 'many' });
    expect(code).toBe(1);
    for (const name of ['PORT', 'REPRISE_LINK_TTL', 'REPRISE_BASE_URL', 'REPRISE_MAX_BACKUPS_PER_APP']) expect(said).toContain(name);
    for (const value of ['eighty', 'forever', 'nowhere', 'many']) expect(said).not.toContain(value);
  });

  it('says that its port is in use', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '0.0.0.0');
    await once(other, 'listening');
    const { code, said } = await run({ PORT: String(port) });
    other.close();
    expect([code, said]).toEqual([1, expect.stringContaining('port is in use')]);
  });

  it('shares its data with no other one', async () => {
    const first = await startStandalone({ dataDir });
    const { code, said } = await run({});
    expect([code, said]).toEqual([1, expect.stringContaining('Another Reprise process')]);
    expect(await first.stop()).toBe(0);
  });

  it('tells a secret once, and takes a given one from then on', async () => {
    const fresh = await startStandalone({ dataDir, env: { REPRISE_ROOT_CLIENT_SECRET: '' } });
    const secret = /client secret\s+(\S+)/.exec(fresh.said)![1]!;
    expect(await fresh.clientAs('root', secret).get('/api/apps')).toEqual([]);
    await fresh.stop();
    const again = await startStandalone({ dataDir, env: { REPRISE_ROOT_CLIENT_SECRET: '' } });
    expect(again.said).not.toContain(secret);
    expect(await again.clientAs('root', secret).get('/api/apps')).toEqual([]);
    await again.stop();
    const given = await startStandalone({ dataDir });
    expect(await given.client.get('/api/apps')).toEqual([]);
    await expect(given.clientAs('root', secret).get('/api/apps')).rejects.toMatchObject({ status: 401 });
    await given.stop();
  });

  it('ends within 10 seconds when it is asked to, and its port is free', async () => {
    const server = await startStandalone({ dataDir });
    await restoreFile(server.client, fixture(`${big}.zip`), { name: 'in-the-middle' });
    const started = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    const again = createServer().listen(server.port, '0.0.0.0');
    await once(again, 'listening');
    again.close();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('goes on after %s in the middle of a restore, as if nothing had been', { timeout: 300_000 }, async (signal) => {
    // The port changes from start to start, and URLs of assets with it, were it not for this.
    const installation = { dataDir, env: { REPRISE_BASE_URL: 'https://restored.example.com' } };
    let server = await startStandalone(installation);
    const id = await restoreFile(server.client, fixture(`${big}.zip`), { name: 'survivor' });
    // At several moments, the first right after the job was accepted.
    for (const wait of [0, 400, 900, 1_500]) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (signal === 'SIGKILL') await server.kill();
      else await server.stop();
      server = await startStandalone(installation);
    }
    const job = completed(await followRestore(server.client, id));
    expect(job.handledEvents).toBe(truthOf(big).eventCount);
    await restore(server.client, fixture(`${big}.zip`), 'undisturbed');
    expect(await readApp(server.client, 'survivor')).toEqual(await readApp(server.client, 'undisturbed'));
    await server.stop();
  });

  it('goes on with a backup after a kill', { timeout: 120_000 }, async () => {
    let server = await startStandalone({ dataDir });
    await restore(server.client, fixture(`${big}.zip`), 'kept');
    await server.client.post('/api/apps/kept/backups');
    for (const wait of [0, 300]) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      await server.kill();
      server = await startStandalone({ dataDir });
    }
    let job: BackupJob | undefined;
    do {
      job = (await server.client.get<{ items: BackupJob[] }>('/api/apps/kept/backups')).items[0];
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (job?.status === 'Created' || job?.status === 'Started');
    expect(completed(job!).handledEvents).toBe(truthOf(big).eventCount);
    await server.stop();
  });

  it('leaves nothing of a restore that is cancelled', { timeout: 120_000 }, async () => {
    const server = await startStandalone({ dataDir });
    const id = await restoreFile(server.client, fixture(`${big}.zip`), { name: 'unwanted' });
    await server.client.post(`/api/restores/${id}/cancel`);
    const job: RestoreJob = await followRestore(server.client, id);
    expect(['Cancelled', 'Completed']).toContain(job.status);
    if (job.status === 'Cancelled') {
      expect(await server.client.get('/api/apps')).toEqual([]);
      await server.client.post('/api/apps', { json: { name: 'unwanted' } });
    }
    await server.stop();
  });
});
