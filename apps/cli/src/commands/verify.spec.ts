import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../run.js';

const archives = fileURLToPath(new URL('../../../../fixtures/archives/', import.meta.url));

async function verify(...args: string[]) {
  const texts = { out: '', err: '' };
  const stream = (name: keyof typeof texts) => ({ write: (text: string) => void (texts[name] += text) });
  const code = await run(['verify', ...args], {}, { out: stream('out'), err: stream('err') });
  return { code, ...texts };
}

describe('reprise verify', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-verify-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('reads an archive without a server and says that it is whole', async () => {
    const { code, out, err } = await verify(join(archives, 'small.zip'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain("Every byte was read and nothing is wrong with it. 'small-app': 73 events, 8 asset files");
  });

  it('names the damaged entry and ends with an exit code', async () => {
    const bytes = await readFile(join(archives, 'small.zip'));
    const at = bytes.indexOf('events/0/10.json') + 40;
    bytes[at]! ^= 1;
    const file = join(folder, 'damaged.zip');
    await writeFile(file, bytes);
    const { code, out, err } = await verify(file);
    expect(code).toBe(1);
    expect(out).toMatch(/^Wrong: The entry events\/0\/10\.json/);
    expect(err).toContain('damaged.zip is damaged or incomplete');
  });

  it('says it as JSON too, each missing file once', async () => {
    const { code, out } = await verify(join(archives, 'missing-asset.zip'), '--json');
    expect(code).toBe(1);
    const found = JSON.parse(out) as { ok: boolean; findings: string[] };
    expect(found).toMatchObject({ ok: false, moreFindings: 0, report: { missingAssets: 2 } });
    const { out: text } = await verify(join(archives, 'missing-asset.zip'));
    for (const finding of found.findings) expect(text.split(finding)).toHaveLength(2);
  });

  it('says when there is no such file', async () => {
    expect(await verify(join(folder, 'none.zip'))).toMatchObject({ code: 2, err: expect.stringContaining('There is no file') });
  });
});
