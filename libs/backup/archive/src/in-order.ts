/**
 * Works on up to `width` items at a time and yields the results in the order of the items. Nothing runs ahead of the consumer by more
 * than that; an error ends it, and what is still under way is left to end by itself.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  width: number,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // Its error is thrown when its turn comes; until then nobody listens.
    result.catch(() => undefined);
    underWay.push(result);
    if (underWay.length >= width) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
