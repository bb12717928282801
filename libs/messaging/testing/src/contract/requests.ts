import { RepriseError } from '@reprise/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TestBed, TransportTraits } from '../transport-contract.js';
import { answers, ask } from './messages.js';

class Point {
  constructor(
    readonly x: number,
    readonly y?: number,
  ) {}
  length(): number {
    return this.x;
  }
}

export function requestContract(bed: TestBed, { processes }: TransportTraits): void {
  it('answers a request', async () => {
    const { bus } = await bed.start([answers((body) => ({ heard: body }))]);
    expect(await bus.request(ask, { n: 1 })).toEqual({ heard: { n: 1 } });
  });

  it('answers many requests at once, each with its own reply', async () => {
    const { bus } = await bed.start([
      answers(async (body) => {
        await sleep(Number(body) % 7);
        return body;
      }),
    ]);
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    expect(await Promise.all(numbers.map((n) => bus.request(ask, n)))).toEqual(numbers);
  });

  it('carries JSON and shares nothing: dates, instances, undefined and frozen objects arrive as plain data', async () => {
    const received: unknown[] = [];
    const reply = { list: [1] };
    const { bus } = await bed.start([
      answers((body) => {
        received.push(structuredClone(body));
        (body as { frozen: { list: number[] } }).frozen.list.push(9);
        return reply;
      }),
    ]);
    const frozen = Object.freeze({ list: Object.freeze([1, 2]) });
    const sent = { date: new Date(0), point: new Point(1), nothing: undefined, list: [undefined, 'a'], frozen, text: 'ü\u{1F600}\u0000' };
    const answer = (await bus.request(ask, sent)) as typeof reply;
    expect(received).toStrictEqual([
      { date: '1970-01-01T00:00:00.000Z', point: { x: 1 }, list: [null, 'a'], frozen: { list: [1, 2] }, text: 'ü\u{1F600}\u0000' },
    ]);
    expect(frozen.list).toEqual([1, 2]);
    answer.list.push(2);
    expect(reply.list).toEqual([1]);
  });

  it('carries undefined as null, and bodies of a few megabytes', async () => {
    const { bus } = await bed.start([answers((body) => body)]);
    expect(await bus.request(ask, undefined)).toBeNull();
    const large = 'x'.repeat(3_000_000);
    expect(await bus.request(ask, large)).toBe(large);
  });

  it('never runs a handler within the call of its sender', async () => {
    const order: string[] = [];
    const { bus } = await bed.start([answers(() => order.push('handled'))]);
    const reply = bus.request(ask, {});
    order.push('sent');
    await reply;
    expect(order).toEqual(['sent', 'handled']);
  });

  it('tells the handler of correlation and causation', async () => {
    const heard: unknown[] = [];
    const { bus } = await bed.start([
      answers((_body, { correlationId, causationId, attempt, name, version }) => heard.push({ correlationId, causationId, attempt, name, version })),
    ]);
    await bus.request(ask, {}, { correlationId: 'c-1', causationId: 'm-1' });
    await bus.request(ask, {}, { correlationId: 'c-2' });
    const common = { attempt: 1, name: ask.name, version: 1 };
    expect(heard).toEqual([
      { ...common, correlationId: 'c-1', causationId: 'm-1' },
      { ...common, correlationId: 'c-2', causationId: undefined },
    ]);
  });

  it('carries errors with kind, code, message and details, and of others nothing but that they happened', async () => {
    const { bus } = await bed.start([
      answers((body) => {
        throw body === 'ours' ? new RepriseError('conflict', 'tests.taken', 'It is taken.', { details: ['name: taken'] }) : new Error('password');
      }),
    ]);
    await expect(bus.request(ask, 'ours')).rejects.toMatchObject({
      name: 'RepriseError',
      kind: 'conflict',
      code: 'tests.taken',
      message: 'It is taken.',
      details: ['name: taken'],
    });
    await expect(bus.request(ask, 'other')).rejects.toMatchObject({
      kind: 'internal',
      code: 'internal',
      message: expect.not.stringContaining('password') as string,
    });
  });

  it('refuses a request that nobody listens to', async () => {
    const { bus } = await bed.start([]);
    await expect(bus.request(ask, {})).rejects.toMatchObject({ kind: 'unavailable', code: 'messaging.unroutable' });
  });

  it('gives up at the deadline, once', async () => {
    let runs = 0;
    const { bus } = await bed.start([
      answers(async () => {
        runs++;
        await sleep(100);
      }),
    ]);
    await expect(bus.request(ask, {}, { deadlineMs: 30 })).rejects.toMatchObject({ kind: 'unavailable', code: 'messaging.timeout' });
    await sleep(100);
    expect(runs).toBe(1);
  });

  it('lets requests wait for the start, and never runs one that has expired', async () => {
    const heard: unknown[] = [];
    const { bus, transport } = bed.create();
    const expired = expect(bus.request(ask, 'expired', { deadlineMs: 20 })).rejects.toMatchObject({ code: 'messaging.timeout' });
    const waiting = bus.request(ask, 'waiting');
    await expired;
    await transport.start([answers((body) => heard.push(body))]);
    await waiting;
    await sleep(20);
    expect(heard).toEqual(['waiting']);
  });

  if (processes === 'many') {
    it('shares requests among processes, each answered once', async () => {
      const handled = [0, 0];
      for (const index of [0, 1]) await bed.start([answers(() => handled[index]!++)]);
      const { bus } = await bed.start([]);
      await Promise.all(Array.from({ length: 40 }, () => bus.request(ask, {})));
      expect(handled[0]! + handled[1]!).toBe(40);
      expect(Math.min(...handled)).toBeGreaterThan(0);
    });
  }
}
