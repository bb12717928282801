/** Aborts when something that is waited for doesn't come in time. Runs only while somebody waits: a slow disk is not a slow server. */
export class IdleTimer {
  private readonly controller = new AbortController();

  constructor(private readonly ms: number) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async during<T>(wait: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.controller.abort(), this.ms);
    try {
      return await wait;
    } finally {
      clearTimeout(timer);
    }
  }
}
