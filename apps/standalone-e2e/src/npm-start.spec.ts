import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@reprise/server-process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

describe('npm start', () => {
  let dataDir: string;
  let port: number;
  let npm: ChildProcess;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-npm-'));
    port = await freePort();
    const env = { ...process.env, PORT: String(port), REPRISE_DATA_DIR: dataDir };
    npm = spawn('npm', ['start'], { cwd: root, env, stdio: 'ignore', detached: true });
    await expect.poll(answers, { timeout: 30_000 }).toBe(true);
  });
  afterEach(async () => {
    try {
      process.kill(-npm.pid!, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const answers = () =>
    fetch(`http://127.0.0.1:${port}/api/ping`).then(
      ({ status }) => status === 204,
      () => false,
    );

  it.each(['SIGTERM', 'SIGINT'] as const)('ends well when npm alone gets %s', async (signal) => {
    const exited = once(npm, 'exit');
    npm.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(await answers()).toBe(false);
  });

  it('leaves no server behind when npm alone is killed', async () => {
    npm.kill('SIGKILL');
    await expect.poll(answers, { timeout: 10_000 }).toBe(false);
  });
});
