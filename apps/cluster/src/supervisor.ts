import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@reprise/kernel';

/** Something that runs until it ends. */
export interface Run {
  /** Resolves when it has ended, however it did. */
  ended: Promise<void>;
  /** Asks it to end, and makes it end when it takes longer. */
  stop(withinMs: number): Promise<void>;
  /** What is left of it after it ended by itself. */
  tidy?(): Promise<void>;
}

/** How a supervisor measures and waits. */
export interface Time {
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Resolves after that time, or as soon as the signal says. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

const REAL_TIME: Time = {
  elapsed: () => performance.now(),
  pause: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
};
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** What lived so long didn't die of its start. */
const STABLE_MS = 10_000;

/** Starts something again whenever it ends or can't be started again, after a pause that doubles from 0.2 s to 5 s, until it is stopped. */
export class Supervisor {
  private readonly stopping = new AbortController();
  private current: Run | undefined;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    /** Resolves as soon as it runs, ready or not. */
    private readonly launch: () => Promise<Run>,
    private readonly logger: Logger,
    private readonly time: Time = REAL_TIME,
  ) {}

  /** Resolves when it runs for the first time; fails when that can't be started. */
  async start(): Promise<void> {
    const first = this.launch();
    // Whoever waits for the start hears of its failure.
    this.loop = first.then((run) => this.keepAlive(run)).catch(() => undefined);
    await first;
  }

  /** Whenever it comes, also while something is launched: nothing runs any more when it resolves. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    await this.current?.stop(withinMs);
    await this.loop;
  }

  private async keepAlive(first: Run): Promise<void> {
    const { signal } = this.stopping;
    let run: Run | undefined = first;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
      const started = this.time.elapsed();
      if (run) await this.untilEnded(run);
      if (signal.aborted) return;
      if (this.time.elapsed() - started >= STABLE_MS) wait = FIRST_PAUSE_MS;
      this.logger.warn(`${this.name} has ended; it is started again.`, { afterMs: wait });
      await this.time.pause(wait, signal);
      if (signal.aborted) return;
      run = await this.launchAgain();
    }
  }

  private async untilEnded(run: Run): Promise<void> {
    this.current = run;
    // A stop that came while it was launched found the one before.
    if (this.stopping.signal.aborted) return run.stop(0);
    await run.ended;
    if (this.stopping.signal.aborted) return;
    await run.tidy?.().catch((cause: unknown) => this.logger.warn(`Something of ${this.name} is left.`, { cause }));
  }

  /** A disk that is full, a machine that takes no more processes: tried again as what ended at once is. */
  private async launchAgain(): Promise<Run | undefined> {
    try {
      return await this.launch();
    } catch (cause) {
      this.logger.error(`${this.name} could not be started; this is tried again.`, { cause });
      return undefined;
    }
  }
}
