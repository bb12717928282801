import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TestBed, TransportTraits } from '../transport-contract.js';
import { hears, news } from './messages.js';

export function factContract(bed: TestBed, { processes }: TransportTraits): void {
  it('gives a fact to each group', async () => {
    const heard: string[] = [];
    const { bus } = await bed.start([hears('a', (body) => heard.push(`a ${String(body)}`)), hears('b', (body) => heard.push(`b ${String(body)}`))]);
    await bus.publish(news, 1);
    await expect.poll(() => heard.toSorted()).toEqual(['a 1', 'b 1']);
    await sleep(20);
    expect(heard).toHaveLength(2);
  });

  it('gives a fact again to the group that failed, and to no other', async () => {
    const heard: string[] = [];
    const { bus } = await bed.start([
      hears('a', (_body, { attempt }) => {
        heard.push(`a ${attempt}`);
        if (attempt < 3) throw new Error('not yet');
      }),
      hears('b', (_body, { attempt }) => heard.push(`b ${attempt}`)),
    ]);
    await bus.publish(news, {});
    await expect.poll(() => heard.toSorted()).toEqual(['a 1', 'a 2', 'a 3', 'b 1']);
  });

  it('takes a fact that nobody listens to', async () => {
    const { bus } = await bed.start([]);
    await bus.publish(news, {});
  });

  if (processes === 'many') {
    it('gives a fact to one process of each group', async () => {
      const heard: string[] = [];
      for (const group of ['a', 'a', 'b']) await bed.start([hears(group, () => heard.push(group))]);
      const { bus } = await bed.start([]);
      await bus.publish(news, {});
      await expect.poll(() => heard.toSorted()).toEqual(['a', 'b']);
      await sleep(50);
      expect(heard).toHaveLength(2);
    });
  }
}
