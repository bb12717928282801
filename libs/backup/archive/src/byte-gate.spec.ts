import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ByteGate } from './byte-gate.js';

/** Work that is inside until it is ended, by weight. */
function guests(budget: number) {
  const gate = new ByteGate(budget);
  const inside: number[] = [];
  const ends = new Map<number, (error?: Error) => void>();
  const come = (weight: number) =>
    gate.hold(weight, async () => {
      inside.push(weight);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      ends.set(weight, (error) => (error ? reject(error) : resolve()));
      await promise;
      return weight;
    });
  const leave = async (weight: number, error?: Error) => {
    ends.get(weight)!(error);
    await nextTurn();
    inside.splice(inside.indexOf(weight), 1);
  };
  return { come, leave, inside };
}

describe('a gate for work that takes memory', () => {
  it('lets in what fits beside the others, in the order of coming', async () => {
    const { come, leave, inside } = guests(10);
    const done = [6, 4, 5, 1].map(come);
    await nextTurn();
    expect(inside).toEqual([6, 4]);
    await leave(4);
    // 1 would fit, but came behind 5.
    expect(inside).toEqual([6]);
    await leave(6);
    expect(inside).toEqual([5, 1]);
    await leave(5);
    await leave(1);
    expect(await Promise.all(done)).toEqual([6, 4, 5, 1]);
  });

  it('lets in what is too heavy when nobody else is inside, and nobody beside it', async () => {
    const { come, leave, inside } = guests(10);
    const done = [2, 50, 3].map(come);
    await nextTurn();
    expect(inside).toEqual([2]);
    await leave(2);
    expect(inside).toEqual([50]);
    await leave(50);
    expect(inside).toEqual([3]);
    await leave(3);
    await Promise.all(done);
  });

  it('is free again when work fails', async () => {
    const { come, leave, inside } = guests(10);
    const failing = come(10);
    const waiting = come(9);
    await nextTurn();
    await Promise.all([expect(failing).rejects.toThrow('It failed.'), leave(10, new Error('It failed.'))]);
    expect(inside).toEqual([9]);
    await leave(9);
    await waiting;
  });
});
