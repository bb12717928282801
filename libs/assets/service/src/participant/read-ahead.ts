/** The results in order, while up to `ahead` of the next ones are under way. Nothing is under way any more when it ends, however it ends. */
export async function* readAhead<Item, Result>(items: AsyncIterable<Item>, ahead: number, read: (item: Item) => Promise<Result>): AsyncGenerator<Result> {
  const underway: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = read(item);
      // Whoever awaits it hears of its failure; until then it isn't unhandled.
      result.catch(() => undefined);
      underway.push(result);
      if (underway.length > ahead) yield await underway.shift()!;
    }
    while (underway.length > 0) yield await underway.shift()!;
  } finally {
    await Promise.allSettled(underway);
  }
}
