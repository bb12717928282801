import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endProcessesOf, nameOf, processesOf } from './processes.js';

describe.skipIf(process.platform !== 'linux')('The processes of an engine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-processes-'));
  });
  afterEach(async () => {
    await endProcessesOf(folder);
    await endProcessesOf(`${folder}-2`);
    await rm(folder, { recursive: true });
  });
  const start = (home: string, script: string) => {
    const child = spawn('sh', ['-c', script], { env: { PATH: process.env.PATH, HOME: home }, detached: true, stdio: 'ignore' });
    return child.pid!;
  };
  const names = () => processesOf(folder).map(nameOf).sort();

  it('are those whose home is its folder, also what left its group; no others are ended', async () => {
    // As RabbitMQ's port mapper does, the second leaves group and session, and its parent ends.
    const script = start(folder, 'setsid sleep 600 & sleep 601 & wait');
    const other = start(`${folder}-2`, 'exec sleep 602');
    await expect.poll(names).toEqual(['sh', 'sleep', 'sleep']);
    process.kill(-script, 'SIGKILL');
    await expect.poll(names).toEqual(['sleep']);
    await endProcessesOf(folder);
    expect(names()).toEqual([]);
    expect(processesOf(`${folder}-2`)).toEqual([other]);
  });
});
