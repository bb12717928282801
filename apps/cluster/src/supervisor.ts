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

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** What lived so long didn't die of its start. */
const STABLE_MS = 10_000;

/** Starts something again whenever it ends, after a pause that doubles from 0.2 s to 5 s, until it is stopped. */
export class Supervisor {
  private readonly stopping = new AbortController();
  private current: Run | undefined;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    /** Resolves as soon as it runs, ready or not. */
    private readonly launch: () => Promise<Run>,
    private readonly logger: Logger,
  ) {}

  /** Resolves when it runs for the first time. */
  async start(): Promise<void> {
    this.current = await this.launch();
    this.loop = this.keepAlive(this.current);
  }

  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    await this.current?.stop(withinMs);
    await this.loop;
  }

  private async keepAlive(first: Run): Promise<void> {
    let run = first;
    let wait = FIRST_PAUSE_MS;
    for (;;) {
      const started = performance.now();
      await run.ended;
      if (this.stopping.signal.aborted) return;
      await run.tidy?.();
      if (performance.now() - started >= STABLE_MS) wait = FIRST_PAUSE_MS;
      this.logger.warn(`${this.name} has ended; it is started again.`, { afterMs: wait });
      await pause(wait, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      run = this.current = await this.launch();
      // A stop that came while it was launched found the one before.
      if (this.stopping.signal.aborted) await run.stop(0);
    }
  }
}
