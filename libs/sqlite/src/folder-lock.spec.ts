import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isUsableFolder, lockFolder } from './folder-lock.js';

describe('A folder of data', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('belongs to one at a time', () => {
    const lock = lockFolder(folder, 'A_FOLDER');
    expect(() => lockFolder(folder, 'A_FOLDER')).toThrow(expect.objectContaining({ code: 'standalone.folder-in-use' }));
    lock.release();
    lockFolder(folder, 'A_FOLDER').release();
  });

  it('is free again as soon as its process is killed', async () => {
    const script = `const { lockFolder } = await import(${JSON.stringify(new URL('./folder-lock.js', import.meta.url).href)}); globalThis.lock = lockFolder(${JSON.stringify(folder)}, 'A_FOLDER'); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      await once(child.stdout, 'data');
      expect(() => lockFolder(folder, 'A_FOLDER')).toThrow(expect.objectContaining({ code: 'standalone.folder-in-use' }));
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    lockFolder(folder, 'A_FOLDER').release();
  });

  it('must be a folder', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(() => lockFolder(file, 'A_FOLDER')).toThrow(expect.objectContaining({ code: 'standalone.folder-unusable' }));
    expect([isUsableFolder(file), isUsableFolder(join(file, 'below'))]).toEqual([false, false]);
  });

  it('may be one that is not there yet, and is not made by asking', () => {
    const deep = join(folder, 'a', 'b');
    expect(isUsableFolder(deep)).toBe(true);
    expect(existsSync(join(folder, 'a'))).toBe(false);
    lockFolder(deep, 'A_FOLDER').release();
    expect(existsSync(deep)).toBe(true);
  });

  it.skipIf(!existsSync('/proc/self'))('is refused where none can be made (needs procfs, as Linux has)', () => {
    expect(() => lockFolder('/proc/nothing/here', 'A_FOLDER')).toThrow(expect.objectContaining({ code: 'standalone.folder-unusable' }));
  });
});
