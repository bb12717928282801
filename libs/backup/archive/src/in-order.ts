/** What is under way at once: items, and what they weigh together. */
export interface Width<Item> {
  items: number;
  weightOf: (item: Item) => number;
  weight: number;
}

/**
 * Works on several items at a time and yields the results in the order of the items. Nothing runs ahead of the consumer by more than
 * `width` says, and what is heavy is alone: its consumer is done with the one before, and nothing is done meanwhile; an error ends it, and what is still under way is left to end by itself.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  width: Width<Item>,
): AsyncGenerator<Result> {
  const underWay: { result: Promise<Result>; weight: number }[] = [];
  let weight = 0;
  const first = () => {
    const next = underWay.shift()!;
    weight -= next.weight;
    return next.result;
  };
  for await (const item of items) {
    // Before the work, which may take the item's bytes away.
    const its = width.weightOf(item);
    while (underWay.length > 0 && weight + its > width.weight) yield await first();
    const result = work(item);
    // Its error is thrown when its turn comes; until then nobody listens.
    result.catch(() => undefined);
    underWay.push({ result, weight: its });
    weight += its;
    while (underWay.length >= width.items) yield await first();
  }
  while (underWay.length > 0) yield await first();
}
