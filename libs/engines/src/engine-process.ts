import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from './engine.js';
import { lastLineOf } from './last-line.js';
import { descendants, endProcessesOf, nameOf, signalProcess } from './processes.js';

const START_WITHIN_MS = 180_000;
const ASK_AGAIN_MS = 1_000;

/** An engine that runs, in a process group of its own: a script under which the engine runs ends with it. */
export class EngineProcess {
  /** Resolves when the process that was started has ended, however it did. */
  readonly ended: Promise<void>;

  private constructor(
    readonly engine: Engine,
    private readonly child: ChildProcess,
    private readonly log: string,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  }

  /** Resolves when its process is there; `log` is the file that its output is added to. */
  static async launch(engine: Engine, log: string): Promise<EngineProcess> {
    await engine.prepare();
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, 'a');
    const child = spawn(engine.command, engine.args, {
      env: { ...process.env, HOME: engine.folder, ...engine.env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return new EngineProcess(engine, child, log);
  }

  /** Resolves when the engine is ready. */
  static async start(engine: Engine, log: string): Promise<EngineProcess> {
    const started = await EngineProcess.launch(engine, log);
    try {
      await started.untilReady();
    } catch (error) {
      await started.kill();
      throw error;
    }
    return started;
  }

  /** The process that does the work: the engine itself, not the script that starts it. Waits for it to be there. */
  async pid(): Promise<number> {
    const { worker } = this.engine;
    while (worker !== undefined && !this.hasEnded) {
      const found = descendants(this.group).find((pid) => nameOf(pid) === worker);
      if (found !== undefined) return found;
      await pause(20);
    }
    return this.group;
  }

  /** Its process group. */
  private get group(): number {
    return this.child.pid!;
  }

  /** Throws when it ends or takes too long. */
  async untilReady(): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    while (performance.now() < deadline) {
      if (this.hasEnded) throw new Error(`${this.engine.name} ended with code ${this.child.exitCode} while it started: ${lastLineOf(this.log)}`);
      if (await this.engine.isReady()) return;
      await pause(50);
    }
    throw new Error(`${this.engine.name} did not start in time.`);
  }

  /** Lets this process end while the engine runs on. */
  release(): void {
    this.child.unref();
  }

  /** As a loss of power. Resolves when the whole process group is gone; a script may be gone before the engine under it. */
  async kill(): Promise<void> {
    const { pid } = this.child;
    while (pid !== undefined && signalProcess(-pid, 'SIGKILL')) await pause(20);
  }

  /** Asks the engine to end, kills it when it takes longer than `withinMs`, and ends what outlives it. */
  async stop(withinMs: number): Promise<void> {
    const timer = new AbortController();
    void this.askToEnd(timer.signal);
    await Promise.race([this.ended, pause(withinMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    await this.kill();
    await endProcessesOf(this.engine.folder);
  }

  /** Again and again: one that is only starting doesn't hear it, or is a script so far. */
  private async askToEnd(signal: AbortSignal): Promise<void> {
    while (!this.hasEnded && !signal.aborted) {
      const pid = await this.pid();
      if (!this.hasEnded && !signal.aborted) signalProcess(pid, 'SIGTERM');
      await pause(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }
}
