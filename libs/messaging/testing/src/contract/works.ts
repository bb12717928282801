import { RepriseError, type ErrorBody } from '@reprise/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TestBed, TransportTraits } from '../transport-contract.js';
import { does, job } from './messages.js';

const QUEUE = job.name;

export function workContract(bed: TestBed, { processes }: TransportTraits): void {
  it('does each work, as many at once as agreed and never more', async () => {
    const done: unknown[] = [];
    let running = 0;
    let most = 0;
    const { bus } = await bed.start([
      does(async (body) => {
        most = Math.max(most, ++running);
        await sleep(5);
        running--;
        done.push(body);
      }),
    ]);
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(numbers.map((n) => bus.enqueue(job, n)));
    await expect.poll(() => (done as number[]).toSorted((a, b) => a - b)).toEqual(numbers);
    expect(most).toBe(2);
  });

  it('tries a work again that failed, counting its attempts, with pauses that grow', async () => {
    const attempts: number[] = [];
    const times: number[] = [];
    const { bus, transport } = await bed.start([
      does((body, { attempt }) => {
        attempts.push(attempt);
        times.push(performance.now());
        if (attempt < 3) throw new Error('not yet');
      }),
    ]);
    await bus.enqueue(job, {});
    await expect.poll(() => attempts).toEqual([1, 2, 3]);
    const pauses = [times[1]! - times[0]!, times[2]! - times[1]!];
    expect(pauses[0]).toBeGreaterThan(18);
    expect(pauses[1]).toBeGreaterThan(38);
    expect(await transport.listDead(QUEUE)).toEqual([]);
  });

  it('gives a work up after its last attempt, says so first, and keeps it', async () => {
    const told: unknown[] = [];
    const { bus, transport } = await bed.start([
      does(
        () => {
          throw new RepriseError('unavailable', 'tests.down', 'It is down.');
        },
        { dead: async (delivery, error) => void told.push({ attempt: delivery.attempt, messageId: delivery.messageId, error }) },
      ),
    ]);
    await bus.enqueue(job, { n: 1 });
    const error: ErrorBody = { kind: 'unavailable', code: 'tests.down', message: 'It is down.' };
    await expect
      .poll(() => transport.listDead(QUEUE))
      .toEqual([
        {
          messageId: expect.any(String) as string,
          name: job.name,
          attempts: 3,
          error,
          failures: [1, 2, 3].map((attempt) => ({ attempt, code: error.code, message: error.message })),
          at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        },
      ]);
    const [letter] = await transport.listDead(QUEUE);
    expect(told).toEqual([{ attempt: 3, messageId: letter!.messageId, error }]);
  });

  it('keeps what each attempt came to, of the last ten, with the beginnings of long messages', async () => {
    let hopeless = false;
    const { bus, transport } = await bed.start([
      does(
        (_body, { attempt }) => {
          if (hopeless) throw new RepriseError('invalid', 'tests.hopeless', 'No.');
          throw new RepriseError('unavailable', `tests.down-${attempt}`, `${attempt}`.repeat(5_000));
        },
        { maxAttempts: 12 },
      ),
    ]);
    await bus.enqueue(job, {});
    await expect.poll(async () => (await transport.listDead(QUEUE)).length).toBe(1);
    const [letter] = await transport.listDead(QUEUE);
    const attempts = Array.from({ length: 10 }, (_, index) => index + 3);
    expect(letter!.failures).toEqual(attempts.map((attempt) => ({ attempt, code: `tests.down-${attempt}`, message: `${attempt}`.repeat(200).slice(0, 200) })));
    hopeless = true;
    await transport.requeueDead(QUEUE, letter!.messageId);
    await expect.poll(async () => (await transport.listDead(QUEUE))[0]?.failures).toEqual([{ attempt: 1, code: 'tests.hopeless', message: 'No.' }]);
  });

  it('gives up at once what no further attempt can mend', async () => {
    const runs: unknown[] = [];
    const { bus, transport } = await bed.start([
      does((kind) => {
        runs.push(kind);
        throw new RepriseError(kind as 'invalid', 'tests.hopeless', 'No.');
      }),
    ]);
    const kinds = ['invalid', 'corrupt', 'cancelled', 'not-found', 'conflict', 'forbidden'];
    for (const kind of kinds) await bus.enqueue(job, kind);
    await expect.poll(async () => (await transport.listDead(QUEUE)).length).toBe(kinds.length);
    expect(runs.toSorted()).toEqual(kinds.toSorted());
  });

  it("doesn't give a work up before its end could be told", async () => {
    const tries: number[] = [];
    const { bus, transport } = await bed.start([
      does(
        () => {
          throw new RepriseError('corrupt', 'tests.damaged', 'It is damaged.');
        },
        {
          dead: async ({ attempt }) => {
            tries.push(attempt);
            if (attempt < 3) throw new RepriseError('unavailable', 'messaging.unroutable', 'Nobody listens.');
          },
        },
      ),
    ]);
    await bus.enqueue(job, {});
    await expect.poll(async () => (await transport.listDead(QUEUE)).length).toBe(1);
    expect(tries).toEqual([1, 2, 3]);
  });

  it('puts a dead letter back when an operator asks, its attempts counted anew, and leaves the others', async () => {
    let broken = true;
    const heard: unknown[] = [];
    const { bus, transport } = await bed.start([
      does((body, { attempt }) => {
        if (broken) throw new RepriseError('invalid', 'tests.broken', 'It is broken.');
        heard.push({ body, attempt });
      }),
    ]);
    await bus.enqueue(job, 'first');
    await expect.poll(async () => (await transport.listDead(QUEUE)).length).toBe(1);
    await bus.enqueue(job, 'second');
    await expect.poll(async () => (await transport.listDead(QUEUE)).length).toBe(2);
    broken = false;
    const [first, second] = await transport.listDead(QUEUE);
    expect(await transport.requeueDead(QUEUE, second!.messageId)).toBe(true);
    await expect.poll(() => heard).toEqual([{ body: 'second', attempt: 1 }]);
    expect(await transport.listDead(QUEUE)).toEqual([first]);
    expect(await transport.requeueDead(QUEUE, second!.messageId)).toBe(false);
    expect(await transport.listDead('tests.unknown')).toEqual([]);
  });

  it("doesn't deliver a work before its delay has passed", async () => {
    const times: number[] = [];
    const { bus } = await bed.start([does(() => times.push(performance.now()))]);
    const sent = performance.now();
    await bus.enqueue(job, {}, { delayMs: 110 });
    await expect.poll(() => times.length).toBe(1);
    expect(times[0]! - sent).toBeGreaterThan(108);
  });

  it('refuses a work that nobody listens to', async () => {
    const { bus } = await bed.start([]);
    await expect(bus.enqueue(job, {})).rejects.toMatchObject({ kind: 'unavailable', code: 'messaging.unroutable' });
  });

  if (processes === 'many') {
    it('shares works among competing processes, each done once', async () => {
      const done: number[][] = [[], []];
      for (const index of [0, 1]) {
        await bed.start([
          does(async (body) => {
            await sleep(3);
            done[index]!.push(body as number);
          }),
        ]);
      }
      const { bus } = await bed.start([]);
      const numbers = Array.from({ length: 40 }, (_, index) => index);
      await Promise.all(numbers.map((n) => bus.enqueue(job, n)));
      await expect.poll(() => done.flat().toSorted((a, b) => a - b)).toEqual(numbers);
      expect(Math.min(done[0]!.length, done[1]!.length)).toBeGreaterThan(0);
    });

    it('keeps works while no process of their service runs', async () => {
      const first = await bed.start([does(() => {})]);
      await first.transport.stop();
      const { bus } = await bed.start([]);
      await bus.enqueue(job, 'kept');
      const heard: unknown[] = [];
      await bed.start([does((body) => heard.push(body))]);
      await expect.poll(() => heard).toEqual(['kept']);
    });
  }
}
