import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection, deadQueueOf } from '@reprise/amqp';
import { defineRequest, defineWork } from '@reprise/contracts';
import { SilentLogger } from '@reprise/kernel';
import { parseBody, TypedBus, type Delivery, type Subscription } from '@reprise/messaging-core';
import { canControlRabbit, HOW_TO_CONTROL_RABBIT, HOW_TO_ENABLE_RABBIT, hasRabbit, rabbitControl, startRabbit, type TestEngine } from '@reprise/engines';
import { connect, type Channel } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Names } from './names.js';
import { RabbitTransport } from './rabbit-transport.js';

const job = defineWork('tests.job', { body: z.unknown(), maxAttempts: 4 });
const ask = defineRequest('tests.ask', { body: z.unknown(), reply: z.unknown() });
/** More than what the tests below make of a message in any order. */
const DELIVERY_LIMIT = 50;

describe.skipIf(!hasRabbit())(`RabbitMQ in trouble (${HOW_TO_ENABLE_RABBIT})`, () => {
  let rabbit: TestEngine;
  let prefix: string;
  let names: Names;
  let queue: string;
  const running: RabbitTransport[] = [];

  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 90_000);
  afterAll(() => rabbit.stop());
  beforeEach(() => {
    prefix = `reprise-trouble-${randomUUID()}`;
    names = new Names(prefix);
    queue = names.queueKnownAs(job.name);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((transport) => transport.stop(0)));
    await onChannel(async (channel) => {
      for (const name of [queue, deadQueueOf(queue), ...[24, 48, 96].map((ms) => names.delay(ms))]) await channel.deleteQueue(name);
      for (const exchange of [...[24, 48, 96].map((ms) => names.delay(ms)), ...(['request', 'work', 'fact', 'broadcast'] as const).map(names.exchange)]) {
        await channel.deleteExchange(exchange);
      }
    });
  });

  const start = async (subscriptions: readonly Subscription[], takenWithinMs = 10_000) => {
    const options = { urls: [rabbit.url], name: 'tests', prefix, backoff: { firstMs: 20, maxMs: 80 }, takenWithinMs };
    const transport = new RabbitTransport(options, new SilentLogger());
    running.push(transport);
    await transport.start(subscriptions);
    return { transport, bus: new TypedBus(transport) };
  };
  const does = (handle: (body: unknown, delivery: Delivery) => unknown): Subscription => ({
    channel: 'work',
    name: job.name,
    concurrency: 2,
    maxAttempts: job.maxAttempts,
    handle: async (delivery) => void (await handle(parseBody(delivery.body), delivery)),
  });
  const hangs = (heard: unknown[]): Subscription => ({
    channel: 'request',
    name: ask.name,
    handle: ({ body }) => {
      heard.push(parseBody(body));
      return new Promise(() => {});
    },
  });
  const answers: Subscription = { channel: 'request', name: ask.name, handle: async ({ body }) => ({ body }) };
  const onChannel = async (use: (channel: Channel) => Promise<unknown>) => {
    const connection = await connect(rabbit.url);
    try {
      await use(await connection.createChannel());
    } finally {
      await connection.close();
    }
  };
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );

  it('listens again when its queue is deleted, and says meanwhile that it is not ready', async () => {
    const heard: unknown[] = [];
    const { bus, transport } = await start([does((body) => heard.push(body))]);
    const seen = new Set<boolean>();
    const watch = setInterval(() => seen.add(transport.health().ready), 5);
    await onChannel((channel) => channel.deleteQueue(queue));
    await expect.poll(() => [...seen]).toContain(false);
    await expect.poll(() => transport.health().ready).toBe(true);
    clearInterval(watch);
    await bus.enqueue(job, 1);
    await expect.poll(() => heard).toEqual([1]);
  });

  it('sends again when the broker has closed its channel', async () => {
    const heard: unknown[] = [];
    const { bus, transport } = await start([does((body) => heard.push(body))]);
    // What is sent to an exchange that is gone costs the channel.
    await onChannel((channel) => channel.deleteExchange(names.exchange('work')));
    await outcome(bus.enqueue(job, 'lost'));
    await expect.poll(() => outcome(bus.enqueue(job, 'sent')), { interval: 200 }).not.toBe('messaging.unreachable');
    // The exchange is there again, its binding comes with the listener's next setup.
    await onChannel((channel) => channel.deleteQueue(queue));
    await expect.poll(() => outcome(bus.enqueue(job, 'sent')), { interval: 200 }).toBe('taken');
    await expect.poll(() => heard).toContain('sent');
    expect(transport.health()).toMatchObject({ ready: true });
  });

  it('goes on when its connections are cut', async () => {
    const heard: unknown[] = [];
    const { bus, transport } = await start([does((body) => heard.push(body)), answers]);
    const internals = transport as unknown as {
      connections: Record<string, { manager: { connection: { connection: { stream: { destroy(error: Error): void } } } } }>;
    };
    for (const { manager } of Object.values(internals.connections)) manager.connection.connection.stream.destroy(new Error('cut'));
    await bus.enqueue(job, 1);
    await expect.poll(() => transport.health()).toMatchObject({ ready: true, counts: { connects: 4 } });
    expect(await bus.request(ask, 'still there')).toBe('still there');
    await expect.poll(() => heard).toContain(1);
  });

  describe('when the process that has a request is gone', () => {
    it('says so through another one, and runs it nowhere again', async () => {
      const heard: unknown[] = [];
      const first = await start([hangs(heard)]);
      const { bus } = await start([]);
      const answered = outcome(bus.request(ask, 1));
      await expect.poll(() => heard).toEqual([1]);
      await start([
        {
          channel: 'request',
          name: ask.name,
          handle: async ({ body }) => {
            heard.push(parseBody(body));
            return { body };
          },
        },
      ]);
      const began = performance.now();
      await first.transport.stop(0);
      expect(await answered).toBe('messaging.interrupted');
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(heard).toEqual([1]);
      expect(await bus.request(ask, 2)).toBe(2);
    });

    it('says so when it was the last one', async () => {
      const heard: unknown[] = [];
      const only = await start([hangs(heard)]);
      const { bus } = await start([]);
      const answered = outcome(bus.request(ask, 1));
      await expect.poll(() => heard).toEqual([1]);
      const began = performance.now();
      await only.transport.stop(0);
      expect(await answered).toBe('messaging.interrupted');
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(await outcome(bus.request(ask, 2))).toBe('messaging.unroutable');
    });

    it('lets others take what a frozen one has not taken', async () => {
      const heard: unknown[] = [];
      await start([hangs(heard)]);
      await start([answers]);
      const { bus } = await start([]);
      const all = Array.from({ length: 1_000 }, (_, n) => outcome(bus.request(ask, n, { deadlineMs: 10_000 })));
      const outcomes = await Promise.all(all);
      expect(outcomes.filter((each) => each === 'taken').length).toBeGreaterThanOrEqual(900);
    });
  });

  describe('in a process that stood still', () => {
    let child: ChildProcess | undefined;
    let ran: unknown[];
    const answering = async () => {
      const program = fileURLToPath(new URL('spec-answering.js', import.meta.url));
      child = spawn(process.execPath, [program, rabbit.url, prefix, ask.name], { stdio: ['ignore', 'pipe', 'inherit'] });
      ran = [];
      createInterface({ input: child.stdout! }).on('line', (line) => ran.push(JSON.parse(line)));
      await expect.poll(() => ran).toEqual(['ready']);
      ran = [];
      return start([]);
    };
    afterEach(async () => {
      if (child?.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    });

    it('no request runs whose sender has given it up while the process was frozen', async () => {
      const { bus } = await answering();
      expect(await bus.request(ask, 'before')).toBe('before');
      child!.kill('SIGSTOP');
      const given = await Promise.all(Array.from({ length: 20 }, (_, n) => outcome(bus.request(ask, n, { deadlineMs: 1_500 }))));
      expect(new Set(given)).toEqual(new Set(['messaging.timeout']));
      child!.kill('SIGCONT');
      // One that is waited for proves that all that lay before it has been looked at.
      await expect.poll(() => outcome(bus.request(ask, 'after')), { interval: 100 }).toBe('taken');
      await expect.poll(() => ran).toEqual(['before', 'after']);
    });

    it('one that is still waited for is answered at once when nobody can tell, and may be sent again', async () => {
      const { bus } = await answering();
      child!.kill('SIGSTOP');
      const waiting = outcome(bus.request(ask, 1, { deadlineMs: 20_000 }));
      await sleep(6_000);
      child!.kill('SIGCONT');
      expect(await waiting).toBe('messaging.late');
      await expect.poll(() => outcome(bus.request(ask, 2, { deadlineMs: 20_000 })), { interval: 100 }).toBe('taken');
      await expect.poll(() => ran).toEqual([2]);
    });

    it('none runs late either that came while a long computation kept it from reading', async () => {
      const { bus } = await answering();
      const blocked = bus.request(ask, { blockMs: 3_000 });
      await expect.poll(() => ran.length).toBe(1);
      const given = await Promise.all(Array.from({ length: 20 }, (_, n) => outcome(bus.request(ask, n, { deadlineMs: 1_500 }))));
      expect(new Set(given)).toEqual(new Set(['messaging.timeout']));
      await blocked;
      await expect.poll(() => outcome(bus.request(ask, 'after')), { interval: 100 }).toBe('taken');
      await expect.poll(() => ran).toEqual([{ blockMs: 3_000 }, 'after']);
    });

    it('a pause that no deadline ends in is no matter', async () => {
      const { bus } = await answering();
      child!.kill('SIGSTOP');
      const waiting = bus.request(ask, 1);
      await sleep(1_000);
      child!.kill('SIGCONT');
      expect(await waiting).toBe(1);
    });
  });

  describe('a channel that is set up for the first time', () => {
    let connection: Connection;
    beforeEach(() => {
      connection = new Connection({ urls: [rabbit.url], name: 'tests' }, new SilentLogger());
    });
    afterEach(() => connection.close());

    it('is set up again when the connection is lost meanwhile', async () => {
      let times = 0;
      await connection.channel({ confirm: false }, async (channel) => {
        if (++times === 1) (channel as unknown as { connection: { stream: Socket } }).connection.stream.destroy(new Error('cut'));
        await channel.assertExchange(names.exchange('work'), 'topic');
      });
      expect(times).toBe(2);
      expect(connection.health()).toMatchObject({ connected: true, connects: 2 });
    });

    it('fails when the broker refuses what is asked', async () => {
      await onChannel((channel) => channel.assertExchange(names.exchange('work'), 'fanout'));
      const refused = connection.channel({ confirm: false }, async (channel) => void (await channel.assertExchange(names.exchange('work'), 'topic')));
      await expect(refused).rejects.toMatchObject({ code: 'messaging.setup', message: expect.stringContaining('406') });
    });
  });

  it('refuses a request soon while there is no connection, and sends one that has lost it no second time', async () => {
    const heard: unknown[] = [];
    const { bus, transport } = await start([hangs(heard)]);
    const lost = outcome(bus.request(ask, 'lost'));
    await expect.poll(() => heard).toEqual(['lost']);
    const internals = transport as unknown as {
      connections: { sending: { manager: { connection: { connection: { stream: { destroy(error: Error): void } } } } } };
    };
    internals.connections.sending.manager.connection.connection.stream.destroy(new Error('cut'));
    expect(await lost).toBe('messaging.interrupted');
    await expect.poll(() => transport.health().ready).toBe(true);
    expect(heard).toEqual(['lost']);
  });

  it('runs what always fails no more often than agreed, with pauses, however many are waiting', async () => {
    let runs = 0;
    const { bus, transport } = await start([
      does(() => {
        runs++;
        throw new Error('never');
      }),
    ]);
    const count = 10;
    await Promise.all(Array.from({ length: count }, (_, n) => bus.enqueue(job, n)));
    await expect.poll(async () => (await transport.listDead(job.name)).length).toBe(count);
    await sleep(200);
    expect(runs).toBe(count * job.maxAttempts);
    expect(transport.health().counts).toMatchObject({ retried: count * (job.maxAttempts - 1), dead: count });
  });

  it('puts a message that ends each of its processes among the dead letters', async () => {
    const first = await start([does(() => undefined)]);
    await first.transport.stop();
    const sender = await start([]);
    await sender.bus.enqueue(job, 'poison');
    await onChannel(async () => {
      const connection = await connect(rabbit.url);
      for (let deaths = 0; deaths <= DELIVERY_LIMIT; deaths++) {
        const channel = await connection.createChannel();
        // The broker gives it out again a moment after its channel is gone.
        await expect.poll(() => channel.get(queue), { interval: 5 }).toBeTruthy();
        await channel.close();
      }
      await connection.close();
    });
    await expect.poll(() => sender.transport.listDead(job.name)).toMatchObject([{ error: { code: 'messaging.delivery-limit' } }]);
    const heard: unknown[] = [];
    await start([does((body) => heard.push(body))]);
    const [letter] = await sender.transport.listDead(job.name);
    await sender.transport.requeueDead(job.name, letter!.messageId);
    await expect.poll(() => heard).toEqual(['poison']);
  });

  it('loses no retry when an operator has deleted the queue that it was to wait in', async () => {
    const attempts: number[] = [];
    const { bus } = await start([
      does((_body, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 2) throw new Error('not yet');
      }),
    ]);
    await bus.enqueue(job, 1);
    await expect.poll(() => attempts).toEqual([1, 2]);
    await onChannel((channel) => channel.deleteQueue(names.delay(24)));
    await bus.enqueue(job, 2);
    await expect.poll(() => attempts).toEqual([1, 2, 1, 2]);
  });

  it('takes a message with an unknown field, an unknown header and a newer minor version', async () => {
    const heard: unknown[] = [];
    await start([does((body, { version, attempt }) => heard.push({ body, version, attempt }))]);
    await onChannel(async (channel) => {
      const properties = { type: `${job.name}.v1.7`, headers: { attempt: 1, tenant: { name: 'x' } }, contentType: 'application/json; charset=utf-8' };
      channel.publish(names.exchange('work'), job.name, Buffer.from('{"n":1,"later":[true]}'), properties);
      await channel.checkQueue(queue);
    });
    await expect.poll(() => heard).toEqual([{ body: { n: 1, later: [true] }, version: 1, attempt: 1 }]);
  });

  describe.skipIf(!canControlRabbit())(`during an alarm (${HOW_TO_CONTROL_RABBIT})`, () => {
    // `rabbitmqctl` takes its time, on a busy machine most of all.
    const PATIENT_MS = 180_000;
    const alarm = () => rabbitControl(rabbit, 'set_vm_memory_high_watermark', 'absolute', '1000');
    const calm = () => rabbitControl(rabbit, 'set_vm_memory_high_watermark', '0.4');
    afterEach(calm, PATIENT_MS);

    /** The broker tells a connection at its first message that it takes no more. */
    const blocked = async (transport: RabbitTransport, bus: TypedBus) => {
      await alarm();
      void outcome(bus.enqueue(job, 'the last one'));
      await expect.poll(() => transport.health().blocked).toBeDefined();
    };

    it(
      'says so, refuses what waits for too long, and goes on when it is over',
      async () => {
        const heard: unknown[] = [];
        const { bus, transport } = await start([does((body) => heard.push(body)), answers], 600);
        await blocked(transport, bus);
        expect(transport.health()).toMatchObject({ ready: false, connected: true, blocked: expect.stringContaining('memory') as string });
        expect(await outcome(bus.enqueue(job, 'refused'))).toBe('messaging.blocked');
        const asked = performance.now();
        expect(await outcome(bus.request(ask, 1))).toBe('messaging.blocked');
        expect(performance.now() - asked).toBeLessThan(500);
        await calm();
        await expect.poll(() => transport.health().ready).toBe(true);
        await bus.enqueue(job, 'after');
        await expect.poll(() => heard).toContain('after');
        expect(heard).not.toContain('refused');
      },
      PATIENT_MS,
    );

    it(
      'waits with what has time, runs nothing over and over, and does it all when it is over',
      async () => {
        const runs: unknown[] = [];
        const { bus, transport } = await start(
          [
            does(async (body, { attempt }) => {
              runs.push([body, attempt]);
              if (body === 'fails') {
                await expect.poll(() => transport.health().blocked).toBeDefined();
                if (attempt === 1) throw new Error('not yet');
              }
            }),
          ],
          PATIENT_MS,
        );
        await bus.enqueue(job, 'fails');
        await blocked(transport, bus);
        const waiting = outcome(bus.enqueue(job, 'waits'));
        await sleep(2_500);
        expect(runs.filter((run) => (run as unknown[])[0] === 'fails')).toEqual([['fails', 1]]);
        await calm();
        expect(await waiting).toBe('taken');
        await expect.poll(() => runs.map((run) => (run as unknown[])[0])).toContain('waits');
        await expect.poll(() => runs.filter((run) => (run as unknown[])[0] === 'fails')).toContainEqual(['fails', 2]);
      },
      PATIENT_MS,
    );

    it(
      'stops in time',
      async () => {
        const { bus, transport } = await start([does(() => undefined)], 600);
        await blocked(transport, bus);
        const began = performance.now();
        await transport.stop(100);
        expect(performance.now() - began).toBeLessThan(10_000);
      },
      PATIENT_MS,
    );
  });
});
