import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchivePool, ArchiveReader, type ArchiveEntry, bufferAccess } from '@reprise/backup-archive';
import { RepriseError } from '@reprise/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyArchive } from './archive-verification.js';

function fixture(name: string): Promise<Buffer> {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'nx.json'))) folder = dirname(folder);
  return readFile(join(folder, 'fixtures', 'archives', name));
}

describe('verifying an archive', () => {
  const pool = new ArchivePool({ threads: 1 });
  afterAll(() => pool.destroy());
  const verify = (bytes: Buffer) => verifyArchive(bufferAccess(bytes), pool);

  /** A copy with one bit turned in the middle of the entry's data. */
  function turned(bytes: Buffer, entry: ArchiveEntry): Buffer {
    const copy = Buffer.from(bytes);
    copy[entry.offset + 30 + entry.name.length + (entry.compressedSize >>> 1)]! ^= 1;
    return copy;
  }

  it('reads all of a genuine one and finds nothing', async () => {
    const bytes = await fixture('small.zip');
    const found = await verify(bytes);
    expect(found).toMatchObject({ ok: true, findings: [], moreFindings: 0, report: { events: 73, assets: 8, manifest: 'absent' } });
    const reader = await ArchiveReader.open(bufferAccess(bytes));
    expect(found.attachmentBytes).toBe([...reader.attachmentEntries()].reduce((sum, { size }) => sum + size, 0));
  });

  it('names a turned bit, in whichever entry it is', async () => {
    const bytes = await fixture('small.zip');
    const reader = await ArchiveReader.open(bufferAccess(bytes));
    const entries = [reader.event(0), reader.event(40), ...reader.attachmentEntries()].filter(({ compressedSize }) => compressedSize > 0);
    expect(entries.length).toBeGreaterThan(12);
    for (const entry of entries) {
      const { ok, findings } = await verify(turned(bytes, entry));
      expect(ok, entry.name).toBe(false);
      expect(findings.join('\n')).toContain(entry.name);
    }
  });

  it('names each damaged file, not the first alone', async () => {
    const bytes = await fixture('small.zip');
    const reader = await ArchiveReader.open(bufferAccess(bytes));
    const files = [...reader.attachmentEntries()].filter(({ name, compressedSize }) => name.endsWith('.asset') && compressedSize > 0).slice(0, 3);
    const { findings, report } = await verify(files.reduce(turned, bytes));
    expect(findings).toHaveLength(3);
    expect(report).toMatchObject({ events: 73 });
  });

  it('names files that events speak of and that are not there', async () => {
    const { ok, findings } = await verify(await fixture('missing-asset.zip'));
    expect(ok).toBe(false);
    expect(findings).toEqual(findings.map(() => expect.stringMatching(/^The file .+\.asset of the asset .+ is not in the archive\.$/)));
    expect(findings.length).toBeGreaterThan(0);
  });

  it('says what is wrong with a file that is none', async () => {
    expect(await verify(Buffer.from('<html>'))).toMatchObject({ ok: false, findings: [expect.stringContaining('ZIP')], attachmentBytes: 0 });
    const bytes = await fixture('small.zip');
    expect((await verify(bytes.subarray(0, bytes.length >>> 1))).ok).toBe(false);
  });

  it('leaves errors that are not the archive’s fault to the caller, and stops when told', async () => {
    const bytes = await fixture('small.zip');
    const away = new RepriseError('unavailable', 'objects.unavailable', 'The store is away.');
    const broken = { size: bytes.length, read: () => Promise.reject(away) };
    await expect(verifyArchive(broken, pool)).rejects.toBe(away);
    const stop = new RepriseError('cancelled', 'jobs.cancelled', 'Stopped.');
    await expect(verifyArchive(bufferAccess(bytes), pool, { pulse: () => Promise.reject(stop) })).rejects.toBe(stop);
  });
});
