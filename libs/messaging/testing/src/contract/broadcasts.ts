import { expect, it } from 'vitest';
import type { TestBed, TransportTraits } from '../transport-contract.js';
import { call, listens } from './messages.js';

export function broadcastContract(bed: TestBed, { processes }: TransportTraits): void {
  it('gives a broadcast to all who listen, whether one of them fails or not', async () => {
    const heard: unknown[] = [];
    const { bus } = await bed.start([
      listens(() => {
        throw new Error('deaf');
      }),
      listens((body) => heard.push(body)),
    ]);
    await bus.broadcast(call, 1);
    await bus.broadcast(call, 2);
    await expect.poll(() => heard).toEqual([1, 2]);
  });

  it('takes a broadcast that nobody listens to', async () => {
    const { bus } = await bed.start([]);
    await bus.broadcast(call, {});
  });

  if (processes === 'many') {
    it('gives a broadcast to each process', async () => {
      const heard: number[] = [];
      for (const index of [0, 1, 2]) await bed.start([listens(() => heard.push(index))]);
      const { bus } = await bed.start([]);
      await bus.broadcast(call, {});
      await expect.poll(() => heard.toSorted()).toEqual([0, 1, 2]);
    });
  }
}
