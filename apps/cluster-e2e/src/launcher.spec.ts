import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesOf } from '@reprise/engines';
import { freePort } from '@reprise/server-process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grownApp } from './support/input.js';
import { followBackup, startBackup } from './support/jobs.js';
import { type ClusterJson, ENGINES, isRunning, launcherMain, RunningCluster, until } from './support/running-cluster.js';

/** What `main.ts` of the launcher promises, and a little for a busy machine. */
const STOPPED_WITHIN_MS = 50_000;
const WORKER_OF: Record<string, string> = { rabbitmq: 'beam.smp', mongodb: 'secantusd-rs', minio: 'minio' };
const APP = 'kept';
/** While it starts nothing is in hand that would be waited for. */
const START_ENDED_WITHIN_MS = 20_000;
const MOMENTS: [string, (json: ClusterJson) => boolean][] = [
  ['its first engine', ({ engines }) => engines.length > 0],
  ['its engines', ({ engines }) => engines.length === 3],
  ['its first service', ({ processes }) => processes.length > 0],
  ['its gateway', ({ processes }) => processes.some(({ name }) => name === 'gateway')],
];

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
    const ofEngines = ENGINES.flatMap((name) => processesOf(join(dataDir, 'engines', name)));
    return [...lines.filter((line) => line.includes(dataDir) && !/^\s*\d+\s+Z/.test(line)), ...ofEngines];
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

  it.each(MOMENTS)('that is told to stop while it starts, when there is %s, leaves nothing behind', async (_moment, isThere) => {
    const port = await freePort();
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), REPRISE_DATA_DIR: dataDir, REPRISE_REPLICAS: '1' };
    const launcher = spawn(process.execPath, [launcherMain], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    launcher.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = once(launcher, 'exit');
    const seen: number[] = [];
    await until(async () => {
      const text = await readFile(join(dataDir, 'cluster.json'), 'utf8').catch(() => '{ "processes": [], "engines": [] }');
      const json = JSON.parse(text) as ClusterJson;
      seen.push(...[...json.processes, ...json.engines].map(({ pid }) => pid));
      return isThere(json);
    });
    const began = performance.now();
    launcher.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    expect(performance.now() - began).toBeLessThan(START_ENDED_WITHIN_MS);
    expect([seen.filter(isRunning), ours()]).toEqual([[], []]);
    expect(said).not.toContain('ready');
  });

  it('starts again what dies while cluster.json can’t be written, which is true again as soon as it can', async () => {
    await start();
    const hindrance = join(dataDir, 'cluster.json.new');
    // As a full disk does, it lets no new file be written.
    await mkdir(hindrance);
    const before = [...cluster!.pidsOf('contents'), ...cluster!.pidsOf('minio')];
    cluster!.signal(before, 'SIGKILL');
    await until(() => cluster!.launcher.said.includes('contents 2 has ended') && !before.some(isRunning));
    await rmdir(hindrance);
    await until(() => {
      const now = [...cluster!.pidsOf('contents'), ...cluster!.pidsOf('minio')];
      return now.length === before.length && now.every((pid) => !before.includes(pid) && isRunning(pid));
    });
    expect(await cluster!.stop()).toBe(0);
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
