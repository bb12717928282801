import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TestBed, TransportTraits } from '../transport-contract.js';
import { answers, ask, call, does, job } from './messages.js';

export function stopContract(bed: TestBed, { processes }: TransportTraits): void {
  it('waits at its stop for the work in hand, which may still ask, and starts no other', async () => {
    const log: string[] = [];
    const process = await bed.start([
      does(
        async (body) => {
          log.push(`began ${String(body)}`);
          await sleep(40);
          log.push(String(await process.bus.request(ask, 'more')));
        },
        { concurrency: 1 },
      ),
      answers(() => 'answered'),
    ]);
    await process.bus.enqueue(job, 1);
    await process.bus.enqueue(job, 2);
    await expect.poll(() => log).toEqual(['began 1']);
    await process.transport.stop();
    expect(log).toEqual(['began 1', 'answered']);
    await sleep(50);
    expect(log).toHaveLength(2);
  });

  it('waits at its stop for the requests in hand', async () => {
    let began = false;
    const { bus, transport } = await bed.start([
      answers(() => {
        began = true;
        return sleep(40, 'answered');
      }),
    ]);
    const reply = bus.request(ask, {});
    await expect.poll(() => began, { interval: 5 }).toBe(true);
    await transport.stop();
    expect(await reply).toBe('answered');
  });

  it('is ready from its start to its stop', async () => {
    const { transport } = bed.create();
    expect(transport.health().ready).toBe(false);
    await transport.start([answers(() => 'answered')]);
    expect(transport.health()).toMatchObject({ ready: true, connected: true, consuming: true });
    await transport.stop();
    expect(transport.health().ready).toBe(false);
  });

  it('waits no longer than it is told', async () => {
    let began = false;
    const end = Promise.withResolvers<void>();
    const { bus, transport } = await bed.start([
      does(() => {
        began = true;
        return end.promise;
      }),
    ]);
    await bus.enqueue(job, {});
    await expect.poll(() => began).toBe(true);
    const started = performance.now();
    await transport.stop(30);
    expect(performance.now() - started).toBeLessThan(2_000);
    end.resolve();
  });

  it('may be stopped twice, and without a start; then it takes nothing', async () => {
    const { bus, transport } = bed.create();
    const waiting = expect(bus.enqueue(job, {})).rejects.toMatchObject({ code: 'messaging.stopped' });
    await transport.stop();
    await transport.stop();
    await waiting;
    const stopped = { kind: 'unavailable', code: 'messaging.stopped' };
    await expect(bus.request(ask, {})).rejects.toMatchObject(stopped);
    await expect(bus.broadcast(call, {})).rejects.toMatchObject(stopped);
  });

  if (processes === 'many') {
    it('hands back at its stop what it could not finish, for another to do', async () => {
      const log: string[] = [];
      const end = Promise.withResolvers<void>();
      const first = await bed.start([
        does(() => {
          log.push('first');
          return end.promise;
        }),
      ]);
      await first.bus.enqueue(job, {});
      await expect.poll(() => log).toEqual(['first']);
      await first.transport.stop(10);
      await bed.start([does((_body, { attempt }) => log.push(`second ${attempt}`))]);
      await expect.poll(() => log).toEqual(['first', 'second 1']);
      end.resolve();
    });
  }
}
