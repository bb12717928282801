import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackupJob, checkBackup, type ProofResult } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from './support/fixtures.js';
import { appNames, backUp, restore, startStandalone } from './support/standalone.js';
import { keysIn, openStores, type Stores } from './support/stores/index.js';
import { writeZip } from './support/write-zip.js';
import { readZip } from '@reprise/backup-testing';

describe('A backup', () => {
  let server: ServerProcess;
  let dataDir: string;
  let stores: Stores;
  let appId: string;
  let backup: BackupJob;
  let archive: Buffer;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-checks-'));
    server = await startStandalone({ dataDir });
    stores = await openStores(dataDir);
    appId = (await restore(server.client, fixture('small.zip'), 'checked')).appId!;
    ({ job: backup, archive } = await backUp(server, 'checked'));
  });
  afterAll(async () => {
    await stores?.close();
    await server?.stop();
    await rm(dataDir, { recursive: true });
  });

  const shown = async () => (await server.client.get<{ items: BackupJob[] }>('/api/apps/checked/backups')).items.find(({ id }) => id === backup.id)!;
  const check = (kind: 'verify' | 'prove') => checkBackup(server.client, 'checked', backup.id, kind);

  const everything = async () => [...(await keysIn(stores.archives)), ...(await keysIn(stores.assets))];

  /** Where the archive lies. */
  async function archiveKey(): Promise<string> {
    return (await keysIn(stores.archives, 'archives/')).find((key) => key.includes(backup.id))!;
  }

  /** Whatever lies where the backup does. */
  async function putArchive(bytes: Buffer): Promise<void> {
    await stores.archives.put(await archiveKey(), bytes);
  }

  it('is verified, and says so with the date', async () => {
    const job = await check('verify');
    expect(job).toMatchObject({ status: 'Completed', taskName: 'verify', handledEvents: 73, handledAssets: 8, result: { ok: true, findings: [] } });
    expect(job.log.at(-1)!.message).toBe('Every byte was read, and nothing is wrong with it.');
    const { verified } = await shown();
    expect(verified).toMatchObject({ ok: true, findings: [], moreFindings: 0 });
    expect(Math.abs(Date.parse(verified!.at) - Date.now())).toBeLessThan(60_000);
  });

  it('is proved restorable against the live app, which goes on, and nothing of the proof stays', async () => {
    const before = await everything();
    const { items } = await server.client.get<{ items: { name: string }[] }>('/api/apps/checked/schemas');
    const [article] = (await server.client.get<{ items: { id: string }[] }>(`/api/content/checked/${items[0]!.name}`)).items;
    await server.client.delete(`/api/content/checked/${items[0]!.name}/${article!.id}`);
    await server.client.post('/api/apps/checked/languages', { json: { language: 'sv' } });

    const job = await check('prove');
    expect(job.error).toBeUndefined();
    expect(job).toMatchObject({ status: 'Completed', taskName: 'prove', handledEvents: 73, result: { ok: true, findings: [] } });
    const { proved } = await shown();
    // The app and one content have changed since; everything else is compared row by row.
    expect(proved).toMatchObject({ ok: true, comparedFolds: 2 });
    expect(proved!.comparedRows).toBeGreaterThan(15);
    expect(job.log.map(({ message }) => message)).toContain('No difference.');

    expect(await appNames(server.client)).toEqual(['checked']);
    await expect.poll(everything).toEqual(before);
    expect(await stores.appsWithRows()).toEqual([appId]);
  });

  it('is proved to differ where a live row is not what the log made it', async () => {
    const [row] = (await stores.contents.find(appId, 'content', { skip: 0, take: 1 })).rows;
    const state = row!.state.replace('"Published"', '"Draft"').replace(/"lastModified":"2/, '"lastModified":"3');
    await stores.falsify(appId, { ...row!, state });
    const job = await check('prove');
    await stores.falsify(appId, row!);
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'proofs.differs' } });
    expect(job.error!.message).toMatch(new RegExp(`^content ${row!.id}: the live row differs from what the archive leads to in .*lastModified`));
    expect((await shown()).proved).toMatchObject({ ok: false, findings: [job.error!.message] });
    expect(await check('prove')).toMatchObject({ status: 'Completed' });
  });

  it('is found damaged by one turned bit, by verification and proof, with the entry’s name', async () => {
    const damaged = Buffer.from(archive);
    const place = damaged.indexOf('events/0/21.json') + 60;
    damaged[place]! ^= 0x10;
    await putArchive(damaged);
    for (const kind of ['verify', 'prove'] as const) {
      const job = await check(kind);
      expect(job.status).toBe('Failed');
      expect(job.error!.message).toContain('events/0/21.json');
    }
    const { verified, proved } = await shown();
    for (const result of [verified, proved]) expect(result).toMatchObject({ ok: false, findings: [expect.stringContaining('events/0/21.json')] });
    expect(await appNames(server.client)).toEqual(['checked']);
    await putArchive(archive);
    expect((await check('verify')).status).toBe('Completed');
  });

  it('is proved to differ where an event in it was exchanged, though the archive is whole in itself', async () => {
    const entries = (await readZip(archive)).filter(({ name }) => !name.includes('manifest'));
    const forged = entries.map(({ name, bytes }) => {
      const text = bytes.toString('utf8');
      return name.startsWith('events/') && text.includes('ContentCreatedEvent')
        ? { name, bytes: Buffer.from(text.replaceAll('Published', 'Draft')) }
        : { name, bytes };
    });
    expect(forged.filter(({ bytes }, i) => !bytes.equals(entries[i]!.bytes)).length).toBeGreaterThan(0);
    await putArchive(await writeZip(forged));
    const job = await check('prove');
    await putArchive(archive);
    const { findings, comparedRows } = job.result as ProofResult;
    expect(findings[0]).toContain('not the one that was written with it');
    expect(findings.filter((finding) => finding.startsWith('content ')).length).toBeGreaterThan(0);
    expect(comparedRows).toBeGreaterThan(0);
    expect((await check('verify')).status).toBe('Completed');
  });

  it('takes the record of its checks along when it is deleted, and can’t be checked any more', async () => {
    const other = (await backUp(server, 'checked')).job;
    await checkBackup(server.client, 'checked', other.id, 'verify');
    const jobs = async () => (await server.client.get<{ items: { id: string; taskArguments: { backupId?: string } }[] }>('/api/apps/checked/jobs')).items;
    const of = async () => (await jobs()).filter(({ id, taskArguments }) => id === other.id || taskArguments.backupId === other.id).length;
    expect(await of()).toBe(2);
    await server.client.delete(`/api/apps/checked/backups/${other.id}`);
    await expect.poll(of).toBe(0);
    await expect(checkBackup(server.client, 'checked', other.id, 'prove')).rejects.toMatchObject({ status: 404 });
  });

  it('leaves a running proof in no other place than an end, when that is cancelled', async () => {
    const { id } = await server.client.post<{ id: string }>(`/api/apps/checked/backups/${backup.id}/prove`);
    await server.client.post(`/api/apps/checked/jobs/${id}/cancel`);
    const look = async () => (await server.client.get<{ status: string }>(`/api/apps/checked/jobs/${id}`)).status;
    await expect.poll(look, { timeout: 60_000 }).toMatch(/Cancelled|Completed/);
    await expect.poll(() => stores.appsWithRows()).toEqual([appId]);
    expect(await stores.archives.read(await archiveKey())).toEqual(archive);
  });
});
