import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BACKGROUND = new URL('./background.mjs', import.meta.url).href;

describe('Engines in the background', () => {
  let dataDir;
  let child;
  const folder = () => join(dataDir, 'engines', 'minio');
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'reprise-background-'));
    mkdirSync(folder(), { recursive: true });
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    rmSync(dataDir, { recursive: true });
  });
  /** A process that `engines.json` names as MinIO. */
  const written = async (home) => {
    child = spawn('sleep', ['600'], { env: { PATH: process.env.PATH, HOME: home }, stdio: 'ignore' });
    await once(child, 'spawn');
    const place = { folder: folder(), ports: [1] };
    writeFileSync(join(dataDir, 'engines', 'engines.json'), JSON.stringify([{ name: 'minio', pid: child.pid, url: '', log: '', place }]));
    return child;
  };
  const stop = () => {
    const source = `await (await import('${BACKGROUND}')).stopInBackground();`;
    return spawnSync(process.execPath, ['--input-type=module', '-e', source], { env: { ...process.env, REPRISE_DATA_DIR: dataDir }, encoding: 'utf8' });
  };

  it('are stopped', async () => {
    const engine = await written(folder());
    const ended = once(engine, 'exit');
    expect(stop()).toMatchObject({ status: 0, stdout: 'minio: stopped\n' });
    expect((await ended)[1]).toBe('SIGTERM');
    expect(existsSync(join(dataDir, 'engines', 'engines.json'))).toBe(false);
  });

  it('are not taken for a process that got the number of one, as it is when the machine starts anew', async () => {
    const other = await written('/');
    expect(stop()).toMatchObject({ status: 0, stdout: 'minio: stopped\n' });
    other.kill('SIGKILL');
    expect((await once(other, 'exit'))[1]).toBe('SIGKILL');
  });
});
