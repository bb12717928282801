import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from './support/fixtures.js';

it('The demo finds no difference', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'apps/demo/dist/main.js')]);
  expect(stdout).toContain('No difference.');
  expect(stdout).toContain('Stopped with exit code 0');
});
