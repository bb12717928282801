import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lastLineOf } from '@reprise/engines';
import { RepriseError, type Logger } from '@reprise/kernel';
import { freePort, MEMORY } from '@reprise/server-process';
import type { ClusterFile } from './cluster-file.js';
import type { ClusterConfig } from './config.js';
import { Supervisor, type Run } from './supervisor.js';

export const WORKERS = ['event-store', 'app-registry', 'contents', 'assets', 'backup-orchestrator'] as const;
/** A dozen processes start at once, and a machine that is busy is no failure. */
const READY_WITHIN_MS = 300_000;

/** What a service tells the one who started it. */
interface Notice {
  started?: boolean;
  /** Of the root client, made at this start. */
  freshSecret?: string;
}

/** The services as processes of their own. */
export class Services {
  private readonly supervisors: Supervisor[] = [];
  freshSecret: string | undefined;

  constructor(
    private readonly config: ClusterConfig,
    private readonly env: NodeJS.ProcessEnv,
    private readonly file: ClusterFile,
    private readonly logger: Logger,
  ) {}

  /** Runs a program to its end, or until the signal says so. */
  async run(name: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const log = join(this.config.logDir, `${name}.log`);
    const child = this.spawn(name, log, this.env, signal);
    const code = await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    signal.throwIfAborted();
    if (code !== 0) throw new RepriseError('internal', 'cluster.start-failed', `${name} failed; ${log} says why, at last: ${lastLineOf(log)}`);
  }

  /** Resolves when the service says that it is started. Nothing is started any more once the signal says so. */
  async start(name: string, replica: number, signal: AbortSignal): Promise<void> {
    const log = join(this.config.logDir, `${name}-${replica}.log`);
    const started = Promise.withResolvers<void>();
    const launch = async (): Promise<Run> => {
      const child = this.spawn(name, log, { ...this.env, REPRISE_HEALTH_PORT: String(await freePort()) });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
      child.on('message', (notice: Notice) => {
        this.freshSecret ??= notice.freshSecret;
        if (notice.started) started.resolve();
      });
      if (child.pid !== undefined) {
        const entry = { name, replica, pid: child.pid, log };
        this.file.showProcess(entry);
        void ended.then(() => this.file.hideProcess(entry));
      }
      const stop = async (withinMs: number) => {
        child.kill('SIGTERM');
        const timer = new AbortController();
        await Promise.race([ended, pause(withinMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
        timer.abort();
        child.kill('SIGKILL');
        await ended;
      };
      return { ended, stop };
    };
    const supervisor = new Supervisor(`${name} ${replica}`, launch, this.logger);
    signal.throwIfAborted();
    this.supervisors.push(supervisor);
    await supervisor.start();
    const timer = new AbortController();
    const late = pause(READY_WITHIN_MS, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).then(() => {
      throw new RepriseError('unavailable', 'cluster.start-failed', `${name} ${replica} did not start in time; ${log} says why, at last: ${lastLineOf(log)}`);
    });
    await Promise.race([started.promise, late]).finally(() => timer.abort());
    late.catch(() => undefined);
  }

  /** The last that was started first: the gateway before what it asks. */
  async stop(withinMs: number): Promise<void> {
    const [gateway, ...workers] = this.supervisors.toReversed();
    await gateway?.stop(withinMs);
    await Promise.all(workers.map((supervisor) => supervisor.stop(withinMs)));
  }

  /** What the signal ends is killed, which loses nothing. */
  private spawn(name: string, log: string, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
    mkdirSync(this.config.logDir, { recursive: true });
    const output = openSync(log, 'a');
    const main = fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));
    const child = spawn(process.execPath, [...MEMORY.options, main], {
      env: { ...env, ...MEMORY.env },
      stdio: ['ignore', output, output, 'ipc'],
      ...(signal ? { signal, killSignal: 'SIGKILL' } : {}),
    });
    closeSync(output);
    return child;
  }
}
