/** How much shorter than said the pauses may be. */
const JITTER = 0.2;

/**
 * Does something again and again, once at a time. Each has a period of its own, up to a fifth shorter than said, so that replicas that were started together
 * don't go on doing the same at the same moments.
 */
export class Periodic {
  private timer?: NodeJS.Timeout;
  private running?: Promise<void> | undefined;

  /** `work` never rejects. */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.run(), this.everyMs * (1 - JITTER * Math.random()));
    this.timer.unref();
  }

  /** Does it now, or waits until what runs has ended. */
  run(): Promise<void> {
    return (this.running ??= this.work().finally(() => (this.running = undefined)));
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
