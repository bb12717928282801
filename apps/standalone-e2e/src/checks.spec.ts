import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type BackupJob, checkBackup, type ProofResult } from '@reprise/gateway-client';
import type { ServerProcess } from '@reprise/server-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveFileOf } from './support/archive-file.js';
import { fixture } from './support/fixtures.js';
import { appNames, backUp, restore, startStandalone } from './support/standalone.js';
import { writeZip } from './support/write-zip.js';
import { readZip } from '@reprise/backup-testing';

describe('A backup', () => {
  let server: ServerProcess;
  let dataDir: string;
  let backup: BackupJob;
  let archive: Buffer;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-checks-'));
    server = await startStandalone({ dataDir });
    await restore(server.client, fixture('small.zip'), 'checked');
    ({ job: backup, archive } = await backUp(server, 'checked'));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true });
  });

  const shown = async () => (await server.client.get<{ items: BackupJob[] }>('/api/apps/checked/backups')).items.find(({ id }) => id === backup.id)!;
  const check = (kind: 'verify' | 'prove') => checkBackup(server.client, 'checked', backup.id, kind);

  /** Of the archive store; whatever lies where the backup does. */
  const archiveFile = () => join(dataDir, archiveFileOf(dataDir, backup.id)!);

  async function filesOf(folder: string): Promise<string[]> {
    return (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  }

  function inDatabase<T>(work: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(join(dataDir, 'reprise.db'));
    try {
      return work(database);
    } finally {
      database.close();
    }
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
    const filesBefore = await filesOf(dataDir);
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
    expect((await filesOf(dataDir)).filter((file) => !file.includes('reprise.db'))).toEqual(filesBefore.filter((file) => !file.includes('reprise.db')));
    const apps = inDatabase((database) => database.prepare('SELECT count(DISTINCT app) AS apps FROM read_rows').get());
    expect(apps).toEqual({ apps: 1 });
  });

  it('is proved to differ where a live row is not what the log made it', async () => {
    const select = "SELECT rowid, id, state FROM read_rows WHERE kind = 'content' AND visible = 1 LIMIT 1";
    const row = inDatabase((database) => database.prepare(select).get()) as { rowid: number; id: string; state: string };
    const put = (state: string) => inDatabase((database) => database.prepare('UPDATE read_rows SET state = ? WHERE rowid = ?').run(state, row.rowid));
    put(row.state.replace('"Published"', '"Draft"').replace(/"lastModified":"2/, '"lastModified":"3'));
    const job = await check('prove');
    put(row.state);
    expect(job).toMatchObject({ status: 'Failed', error: { code: 'proofs.differs' } });
    expect(job.error!.message).toMatch(new RegExp(`^content ${row.id}: the live row differs from what the archive leads to in .*lastModified`));
    expect((await shown()).proved).toMatchObject({ ok: false, findings: [job.error!.message] });
    expect(await check('prove')).toMatchObject({ status: 'Completed' });
  });

  it('is found damaged by one turned bit, by verification and proof, with the entry’s name', async () => {
    const damaged = Buffer.from(archive);
    const place = damaged.indexOf('events/0/21.json') + 60;
    damaged[place]! ^= 0x10;
    await writeFile(archiveFile(), damaged);
    for (const kind of ['verify', 'prove'] as const) {
      const job = await check(kind);
      expect(job.status).toBe('Failed');
      expect(job.error!.message).toContain('events/0/21.json');
    }
    const { verified, proved } = await shown();
    for (const result of [verified, proved]) expect(result).toMatchObject({ ok: false, findings: [expect.stringContaining('events/0/21.json')] });
    expect(await appNames(server.client)).toEqual(['checked']);
    await writeFile(archiveFile(), archive);
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
    await writeFile(archiveFile(), await writeZip(forged));
    const job = await check('prove');
    await writeFile(archiveFile(), archive);
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
    await expect.poll(look, { timeout: 20_000 }).toMatch(/Cancelled|Completed/);
    expect(inDatabase((database) => database.prepare('SELECT count(DISTINCT app) AS apps FROM read_rows').get())).toEqual({ apps: 1 });
    expect(await readFile(archiveFile())).toEqual(archive);
  });
});
