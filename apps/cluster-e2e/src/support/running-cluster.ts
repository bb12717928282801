import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '@reprise/server-process';
import type { Installation } from './invariants/index.js';
import { PatientClient } from './patient-client.js';

/** The launcher's program. */
export const launcherMain = fileURLToPath(new URL('../../../cluster/dist/main.js', import.meta.url));
const READY_WITHIN_MS = 600_000;
const WHOLE_WITHIN_MS = 240_000;
const LOOK_MS = 20;

export const WORKERS = ['event-store', 'app-registry', 'contents', 'assets', 'backup-orchestrator'] as const;
export const ENGINES = ['rabbitmq', 'mongodb', 'minio'] as const;
export type Service = (typeof WORKERS)[number] | 'gateway';
export type EngineName = (typeof ENGINES)[number];

export interface ProcessEntry {
  name: string;
  replica: number;
  pid: number;
}
export interface EngineEntry {
  name: string;
  pid: number;
  url: string;
}
export interface ClusterJson {
  processes: ProcessEntry[];
  engines: EngineEntry[];
}

/** A cluster of one's own, started as an operator does, whose members are reached by what its `cluster.json` says. */
export class RunningCluster {
  readonly client: PatientClient;

  private constructor(readonly launcher: ServerProcess) {
    this.client = new PatientClient({ url: launcher.url, clientId: 'root', clientSecret: launcher.secret });
  }

  /** Engines are the launcher's own, unless `env` says where others are. */
  static async start(env: Record<string, string> = {}, dataDir?: string): Promise<RunningCluster> {
    // Programs of the system, which the launcher's engines are.
    const all = { PATH: process.env.PATH!, HOME: process.env.HOME!, REPRISE_MAX_BACKUPS_PER_APP: '100', ...env };
    return new RunningCluster(
      await ServerProcess.start({ main: launcherMain, env: all, readyWithinMs: READY_WITHIN_MS, ...(dataDir === undefined ? {} : { dataDir }) }),
    );
  }

  get url(): string {
    return this.launcher.url;
  }

  json(): ClusterJson {
    return JSON.parse(readFileSync(join(this.launcher.dataDir, 'cluster.json'), 'utf8')) as ClusterJson;
  }

  /** Of a service all replicas, or the one that is named. */
  pidsOf(name: Service | EngineName, replica?: number): number[] {
    const { processes, engines } = this.json();
    return [...processes.filter((each) => replica === undefined || each.replica === replica), ...engines]
      .filter((each) => each.name === name)
      .map(({ pid }) => pid);
  }

  engine(name: EngineName): EngineEntry {
    return this.json().engines.find((engine) => engine.name === name)!;
  }

  /** With engines of its own: where everything of it is. */
  get installation(): Installation {
    const [amqpUrl, mongoUrl, endpoint] = ENGINES.map((name) => this.engine(name).url) as [string, string, string];
    return { client: this.client, amqpUrl, mongoUrl, s3: { endpoint, accessKey: 'reprise', secretKey: 'reprise-on-loopback' } };
  }

  /** Orchestrators look for leftovers when they start; else some of it lies there for ten minutes. */
  async sweep(): Promise<void> {
    await this.end('backup-orchestrator', 'SIGTERM');
  }

  signal(pids: number[], signal: NodeJS.Signals): void {
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, signal);
  }

  /** As the kernel does when memory runs out. Resolves when others run in their place, ready or not. */
  kill(name: Service | EngineName, replica?: number): Promise<void> {
    return this.end(name, 'SIGKILL', replica);
  }

  /** Kills whatever runs of it as soon as it does, until it is let go. */
  keepDown(name: Service | EngineName): { release(): Promise<void> } {
    let down = true;
    const loop = (async () => {
      while (down) {
        this.signal(this.pidsOf(name), 'SIGKILL');
        await pause(LOOK_MS);
      }
    })();
    return {
      release: async () => {
        down = false;
        await loop;
      },
    };
  }

  stop(): Promise<number | null> {
    return this.launcher.stop();
  }

  private async end(name: Service | EngineName, signal: NodeJS.Signals, replica?: number): Promise<void> {
    const ended = this.pidsOf(name, replica);
    this.signal(ended, signal);
    await until(() => {
      const now = this.pidsOf(name, replica);
      return now.length === ended.length && now.every((pid) => !ended.includes(pid) && isRunning(pid));
    });
  }
}

/** Whether there is such a process, and it hasn't ended. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}

export async function until(isSo: () => boolean | Promise<boolean>, withinMs = WHOLE_WITHIN_MS): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('What was waited for did not come.');
    await pause(LOOK_MS);
  }
}
