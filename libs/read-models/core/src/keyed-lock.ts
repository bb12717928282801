/** One at a time for each key, in the order of asking. Holds nothing for keys that nobody waits for. */
export class KeyedLock {
  private readonly tails = new Map<string, Promise<void>>();

  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    this.tails.set(key, mine);
    await before;
    try {
      return await work();
    } finally {
      if (this.tails.get(key) === mine) this.tails.delete(key);
      release();
    }
  }
}
