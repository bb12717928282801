import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.js';

/** What is begun and handed over, in its order, for items that are their own weights. */
async function stepsOf(weights: number[], width: { items: number; weight: number }): Promise<string[]> {
  const steps: string[] = [];
  const work = async (weight: number) => {
    steps.push(`begun ${weight}`);
    return weight;
  };
  for await (const done of inOrder(weights, work, { ...width, weightOf: (weight) => weight })) steps.push(`done ${done}`);
  return steps;
}

describe('work in order', () => {
  it('goes ahead as far as items and their weights allow, and on what is heavy alone', async () => {
    expect(await stepsOf([1, 2, 3, 9, 8, 1], { items: 3, weight: 10 })).toEqual([
      'begun 1',
      'begun 2',
      'begun 3',
      'done 1',
      'done 2',
      'done 3',
      'begun 9',
      'done 9',
      'begun 8',
      'begun 1',
      'done 8',
      'done 1',
    ]);
  });

  it('is on no more items at once than it may be', async () => {
    expect(await stepsOf([1, 2, 3], { items: 2, weight: 10 })).toEqual(['begun 1', 'begun 2', 'done 1', 'begun 3', 'done 2', 'done 3']);
  });

  it('is on as much as is allowed, and on what is heavier than that when nothing else is under way', async () => {
    expect(await stepsOf([11, 4, 6], { items: 3, weight: 10 })).toEqual(['begun 11', 'done 11', 'begun 4', 'begun 6', 'done 4', 'done 6']);
  });

  it('fails when the turn of what failed comes, and not before', async () => {
    const done: string[] = [];
    const work = async (item: string) => {
      if (item === 'bad') throw new Error('This one is bad.');
      await nextTurn();
      return item;
    };
    const all = async () => {
      for await (const item of inOrder(['good', 'bad', 'other'], work, { items: 3, weightOf: () => 1, weight: 10 })) done.push(item);
    };
    await expect(all()).rejects.toThrow('This one is bad.');
    expect(done).toEqual(['good']);
  });
});
