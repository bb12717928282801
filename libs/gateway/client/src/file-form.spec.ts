import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFileForm } from './file-form.js';

describe('a form with a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-form-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is read by others as it was meant, whatever names hold', async () => {
    const path = join(folder, 'a.zip');
    const bytes = randomBytes(700_000);
    await writeFile(path, bytes);
    const { contentType, body } = encodeFileForm({
      fields: { name: 'möre "blogs"', dryRun: 'true' },
      file: { path, name: 'a "b".zip', type: 'application/zip' },
    });
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
    expect([form.get('name'), form.get('dryRun')]).toEqual(['möre "blogs"', 'true']);
    const file = form.get('file') as File;
    expect([file.name, file.type]).toEqual(['a "b".zip', 'application/zip']);
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('is as long as its file, beyond 4 GiB too', { timeout: 120_000 }, async () => {
    const path = join(folder, 'large.bin');
    const size = 4 * 1024 ** 3 + 5;
    const sparse = await open(path, 'w');
    await sparse.truncate(size);
    await sparse.close();
    let sent = 0;
    for await (const chunk of encodeFileForm({ file: { path, name: 'large.bin' } }).body) sent += (chunk as Uint8Array).length;
    expect(sent).toBeGreaterThan(size);
    expect(sent).toBeLessThan(size + 1_000);
  });
});
