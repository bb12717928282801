import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.js';

describe('A folder of data', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('belongs to one at a time', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'standalone.folder-in-use' }));
    lock.release();
    lockFolder(folder).release();
  });

  it('is free again as soon as its process is killed', async () => {
    const script = `const { lockFolder } = await import(${JSON.stringify(new URL('./folder-lock.js', import.meta.url).href)}); globalThis.lock = lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      await once(child.stdout, 'data');
      expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'standalone.folder-in-use' }));
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    lockFolder(folder).release();
  });

  it('must be a folder', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(() => lockFolder(file)).toThrow(expect.objectContaining({ code: 'standalone.folder-unusable' }));
  });
});
