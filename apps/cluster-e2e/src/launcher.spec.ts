import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grownApp } from './support/input.js';
import { followBackup, startBackup } from './support/jobs.js';
import { isRunning, RunningCluster, until } from './support/running-cluster.js';

/** What `main.ts` of the launcher promises, and a little for a busy machine. */
const STOPPED_WITHIN_MS = 50_000;
const WORKER_OF: Record<string, string> = { rabbitmq: 'beam.smp', mongodb: 'secantusd-rs', minio: 'minio' };
const APP = 'kept';

describe('The launcher of a cluster', () => {
  let dataDir: string;
  let cluster: RunningCluster | undefined;
  const start = async () => (cluster = await RunningCluster.start({}, dataDir));
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'reprise-launcher-'));
  });
  afterEach(async () => {
    await cluster?.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });
  /** All processes that were started for this data folder. */
  const ours = () => {
    const lines = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(dataDir) && !/^\s*\d+\s+Z/.test(line));
  };

  it('stops all within its bound while jobs run, and goes on with them at the next start', async () => {
    const { client, json } = await start();
    await grownApp(client, APP, { times: 60, assets: 10 });
    const id = await startBackup(client, APP, 'interrupted');
    const { processes, engines } = json.call(cluster!);
    const pids = [...processes, ...engines].map(({ pid }) => pid);
    const began = performance.now();
    expect(await cluster!.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(STOPPED_WITHIN_MS);
    expect([pids.filter(isRunning), ours()]).toEqual([[], []]);
    const again = await start();
    expect((await followBackup(again.client, APP, id)).status).toBe('Completed');
  });

  it('leaves no service when it is killed, takes care of its engines at the next start, and goes on with the jobs', async () => {
    const { client } = await start();
    await grownApp(client, APP, { times: 30, assets: 10 });
    const id = await startBackup(client, APP, 'interrupted');
    const { processes, engines } = cluster!.json();
    await cluster!.launcher.kill();
    await until(() => !processes.some(({ pid }) => isRunning(pid)), 30_000);
    const again = await start();
    const now = again.json().engines.map(({ pid }) => pid);
    expect(engines.filter(({ pid }) => isRunning(pid) && !now.includes(pid))).toEqual([]);
    expect((await followBackup(again.client, APP, id)).status).toBe('Completed');
    expect(await again.stop()).toBe(0);
    expect(ours()).toEqual([]);
  });

  it('tells in cluster.json what runs, at each moment', async () => {
    await start();
    const commandOf = (pid: number) => readFile(`/proc/${pid}/comm`, 'utf8').then((name) => name.trim());
    const shown = async () => {
      const { processes, engines } = cluster!.json();
      expect(processes).toHaveLength(11);
      for (const { name, pid } of processes) expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain(`apps/${name}/dist/main.js`);
      for (const { name, pid } of engines) expect(await commandOf(pid)).toBe(WORKER_OF[name]);
    };
    await shown();
    for (const name of ['gateway', 'contents', 'minio', 'mongodb', 'rabbitmq'] as const) {
      const before = cluster!.pidsOf(name);
      let looking = true;
      // However often it is read, it is whole.
      const reader = (async () => {
        for (; looking; await new Promise((resolve) => setTimeout(resolve, 2))) cluster!.json();
      })();
      await cluster!.kill(name);
      looking = false;
      await reader;
      expect(cluster!.pidsOf(name).filter((pid) => before.includes(pid))).toEqual([]);
      await shown();
    }
  });
});
