import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { deadQueueOf } from '@reprise/amqp';
import { defineWork } from '@reprise/contracts';
import { hasCode, SilentLogger, SystemClock } from '@reprise/kernel';
import { ClaimCheckTransport, parseBody, TypedBus, type Subscription } from '@reprise/messaging-core';
import { HOW_TO_ENABLE_RABBIT, hasRabbit, startRabbit, type TestEngine } from '@reprise/engines';
import { MemoryClaims, transportContract } from '@reprise/messaging-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Names, roundUpDelay } from './names.js';
import { RabbitTransport } from './rabbit-transport.js';

const job = defineWork('tests.job', { body: z.unknown(), maxAttempts: 3 });

describe.skipIf(!hasRabbit())(`With RabbitMQ (${HOW_TO_ENABLE_RABBIT})`, () => {
  let rabbit: TestEngine;
  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 90_000);
  afterAll(() => rabbit.stop());

  const newPrefix = () => `reprise-test-${randomUUID()}`;
  const transport = (prefix: string) =>
    new RabbitTransport({ urls: [rabbit.url], name: 'tests', prefix, backoff: { firstMs: 20, maxMs: 80 } }, new SilentLogger());

  transportContract(
    'RabbitMQ',
    async () => {
      const prefix = newPrefix();
      return { create: () => transport(prefix), close: () => remove(rabbit.url, prefix) };
    },
    { processes: 'many' },
  );

  transportContract(
    'RabbitMQ with every body in a store',
    async () => {
      const prefix = newPrefix();
      const claims = new MemoryClaims();
      const create = () => new ClaimCheckTransport(transport(prefix), claims, new SystemClock(), new SilentLogger(), 0);
      return { create, close: () => remove(rabbit.url, prefix) };
    },
    { processes: 'many' },
  );

  describe('the transport', () => {
    const prefix = newPrefix();
    const running: RabbitTransport[] = [];
    const start = async (subscriptions: readonly Subscription[]) => {
      const process = transport(prefix);
      running.push(process);
      await process.start(subscriptions);
      return new TypedBus(process);
    };
    const does = (handle: (body: unknown) => unknown): Subscription => ({
      channel: 'work',
      name: job.name,
      concurrency: 1,
      maxAttempts: 3,
      handle: async ({ body }) => void (await handle(parseBody(body))),
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((process) => process.stop(0)));
      await remove(rabbit.url, prefix);
    });

    it('sends plain JSON, with what is told about it in AMQP’s own properties', async () => {
      const bus = await start([]);
      const connection = await connect(rabbit.url);
      const channel = await connection.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, new Names(prefix).exchange('work'), '#');
      await bus.enqueue(job, { n: 1 }, { correlationId: 'c', causationId: 'm' });
      const message = await channel.get(queue, { noAck: true });
      await connection.close();
      expect(message).toMatchObject({
        properties: {
          contentType: 'application/json',
          type: 'tests.job.v1',
          correlationId: 'c',
          deliveryMode: 2,
          headers: { attempt: 1, 'causation-id': 'm' },
        },
      });
      expect((message as { content: Buffer }).content.toString()).toBe('{"n":1}');
    });

    it('takes what another program sent with nothing but a body', async () => {
      const heard: unknown[] = [];
      await start([does((body) => heard.push(body))]);
      const connection = await connect(rabbit.url);
      const channel = await connection.createConfirmChannel();
      channel.publish(new Names(prefix).exchange('work'), job.name, Buffer.from('{"from":"elsewhere"}'));
      await channel.waitForConfirms();
      await connection.close();
      await expect.poll(() => heard).toEqual([{ from: 'elsewhere' }]);
    });

    it('loses nothing that is sent later while another process makes the queue of the same delay', async () => {
      const heard = new Set<unknown>();
      const buses = [await start([does((body) => heard.add(body))]), await start([]), await start([]), await start([])];
      const delays = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
      for (const delayMs of delays) await Promise.all(buses.map((bus, process) => bus.enqueue(job, `${delayMs} by ${process}`, { delayMs })));
      await expect.poll(() => heard.size, { timeout: 10_000 }).toBe(delays.length * buses.length);
    });

    it('listens again when the broker deletes its queue', async () => {
      const heard: unknown[] = [];
      const bus = await start([does((body) => heard.push(body))]);
      await onChannel(rabbit.url, (channel) => channel.deleteQueue(new Names(prefix).queueKnownAs(job.name)));
      await expect
        .poll(
          () =>
            bus.enqueue(job, 1).then(
              () => 'taken',
              () => 'refused',
            ),
          { timeout: 20_000 },
        )
        .toBe('taken');
      await expect.poll(() => heard).toContain(1);
    });

    it.skipIf(process.env.REPRISE_TEST_AMQP_URL !== undefined)(
      'loses no work when the broker is killed (a broker of the tests’ own: unset REPRISE_TEST_AMQP_URL)',
      async () => {
        const done = new Set<unknown>();
        const bus = await start([
          does((body) => {
            done.add(body);
          }),
        ]);
        const taken: unknown[] = [];
        const send = async (body: unknown, delayMs = 0) => {
          // A broker that takes long to come back refuses meanwhile: what counts is that nothing taken is lost.
          await expect.poll(() => bus.enqueue(job, body, { delayMs }).then(() => 'taken', hasUnreachable)).toBe('taken');
          taken.push(body);
        };
        await send('first', 3_000);
        // A queue that RabbitMQ 3.10 was told of in its last second is gone when it is killed: that is its own to answer for.
        await sleep(2_500);
        await send('later', 3_000);
        for (let n = 0; n < 20; n++) await send(n);
        const meanwhile = Promise.all(Array.from({ length: 20 }, (_, n) => send(100 + n)));
        await rabbit.restart!();
        await meanwhile;
        await expect.poll(() => taken.filter((body) => !done.has(body)), { timeout: 30_000, interval: 100 }).toEqual([]);
      },
    );
  });
});

function hasUnreachable(error: unknown): string {
  if (hasCode(error, 'messaging.unreachable')) return 'refused';
  throw error;
}

async function onChannel(
  url: string,
  use: (channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>) => Promise<unknown>,
): Promise<void> {
  const connection = await connect(url);
  try {
    await use(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

/** Everything that the contract's messages make the transport declare. */
async function remove(url: string, prefix: string): Promise<void> {
  const names = new Names(prefix);
  const delays = [20, 40, 80, 110, 3_000].map((ms) => names.delay(roundUpDelay(ms)));
  const queues = ['tests.job', 'tests.news@a', 'tests.news@b'].map((name) => names.queueKnownAs(name));
  await onChannel(url, async (channel) => {
    for (const queue of [...delays, ...queues, ...queues.map((name) => deadQueueOf(name))]) await channel.deleteQueue(queue);
    for (const exchange of [...delays, ...(['request', 'work', 'fact', 'broadcast'] as const).map(names.exchange)]) await channel.deleteExchange(exchange);
  });
}
