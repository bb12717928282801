import { expect, it } from 'vitest';
import { inOrder } from './in-order.js';

it('works ahead as far as items and their weights allow, and on what is heavy alone', async () => {
  const steps: string[] = [];
  const work = async (weight: number) => {
    steps.push(`begun ${weight}`);
    return weight;
  };
  for await (const done of inOrder([1, 2, 3, 9, 8, 1], work, { items: 3, weightOf: (weight) => weight, weight: 10 })) steps.push(`done ${done}`);
  expect(steps).toEqual(['begun 1', 'begun 2', 'begun 3', 'done 1', 'done 2', 'done 3', 'begun 9', 'done 9', 'begun 8', 'begun 1', 'done 8', 'done 1']);
});
