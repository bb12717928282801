import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, root } from './support/fixtures.js';
import { backUp, restore, startStandalone } from './support/standalone.js';

const hasTools = ['unzip', 'sha256sum', 'sh'].every((tool) => spawnSync('which', [tool]).status === 0);

describe.skipIf(!hasTools)('The manifest (install unzip and coreutils)', () => {
  it('is proved by the commands that the format’s description gives', async () => {
    const script = /```sh\n([^]*?)```/.exec(readFileSync(join(root, 'docs/reference/archive-format.md'), 'utf8'))![1]!;
    const folder = mkdtempSync(join(tmpdir(), 'reprise-by-hand-'));
    const server = await startStandalone();
    try {
      const archive = join(folder, 'archive.zip');
      await restore(server.client, fixture('small.zip'), 'by-hand');
      writeFileSync(archive, (await backUp(server, 'by-hand')).archive);
      const cwd = mkdtempSync(join(folder, 'unzipped-'));
      const said = execFileSync('sh', ['-ec', script], { cwd, env: { PATH: process.env.PATH, ARCHIVE: archive }, encoding: 'utf8' });
      const [computed, told] = said.trim().split('\n');
      expect(told).toMatch(/^[0-9a-f]{64}$/);
      expect(computed).toBe(told);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
