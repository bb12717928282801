import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from './engine.js';

const START_WITHIN_MS = 60_000;

/** An engine that runs, in a process group of its own: a script under which the engine runs ends with it. */
export class EngineProcess {
  /** Resolves when the process that was started has ended. */
  readonly ended: Promise<void>;

  private constructor(
    readonly engine: Engine,
    private readonly child: ChildProcess,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** Resolves when the engine is ready; `log` is the file that its output is added to. */
  static async start(engine: Engine, log: string): Promise<EngineProcess> {
    await engine.prepare();
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, 'a');
    const child = spawn(engine.command, engine.args, { env: { ...process.env, ...engine.env }, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    const started = new EngineProcess(engine, child);
    child.once('error', () => undefined);
    try {
      await started.untilReady();
    } catch (error) {
      await started.kill();
      throw error;
    }
    return started;
  }

  /** The process that does the work: the engine itself, not the script that starts it. */
  get pid(): number {
    const { worker } = this.engine;
    return (worker === undefined ? undefined : descendants(this.child.pid!).find((pid) => nameOf(pid) === worker)) ?? this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }

  /** As a loss of power. Resolves when the whole process group is gone; a script may be gone before the engine under it. */
  async kill(): Promise<void> {
    try {
      while (this.child.pid !== undefined) {
        process.kill(-this.child.pid, 'SIGKILL');
        await pause(20);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Asks the engine to end, kills it when it takes longer than `withinMs`, and cleans up what outlives it. */
  async stop(withinMs: number): Promise<void> {
    if (!this.hasEnded) process.kill(this.pid, 'SIGTERM');
    const timer = new AbortController();
    await Promise.race([this.ended, pause(withinMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    await this.kill();
    await this.engine.cleanUp?.();
  }

  private async untilReady(): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    while (performance.now() < deadline) {
      if (this.hasEnded) throw new Error(`${this.engine.name} ended with code ${this.child.exitCode} while it started.`);
      if (await this.engine.isReady()) return;
      await pause(50);
    }
    throw new Error(`${this.engine.name} did not start in time.`);
  }
}

/** Processes below it, from Linux's procfs; none elsewhere. */
function descendants(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '));
    return children.filter(Boolean).flatMap((child) => [Number(child), ...descendants(Number(child))]);
  } catch {
    return [];
  }
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
