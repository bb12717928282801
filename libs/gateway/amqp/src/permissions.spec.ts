import { readFile } from 'node:fs/promises';
import { RepriseClient } from '@reprise/client';
import { defineBroadcast, defineFact, defineRequest, defineWork, factsOf, findApp, findClient, requestsOf, startBackup } from '@reprise/contracts';
import { SilentLogger } from '@reprise/kernel';
import { encodeBody, parseBody, TypedBus } from '@reprise/messaging-core';
import { RabbitTransport } from '@reprise/messaging-rabbitmq';
import { canControlRabbit, HOW_TO_CONTROL_RABBIT, rabbitControl, startRabbit, type TestEngine } from '@reprise/engines';
import { connect, type ConfirmChannel } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AmqpInterface } from './amqp-interface.js';
import { BrokerClients } from './broker-clients.js';
import { Services } from './spec-services.js';

const DOCUMENT = new URL('../../../../docs/reference/amqp.md', import.meta.url);
const PASSWORD = 'tests-only';

/** The commands of the documentation, as a shell would take them apart, for an installation of that name and a caller. */
async function commands(installation: string, caller: string): Promise<string[][]> {
  const lines = (await readFile(DOCUMENT, 'utf8')).split('\n').filter((line) => line.startsWith('rabbitmqctl '));
  return lines.map((line) =>
    [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
      .slice(1)
      .map(([, single, double, plain]) => (double?.startsWith('$') ? PASSWORD : (single ?? double ?? plain)!))
      .map((argument) => argument.replaceAll('reprise', installation).replace('my-app:ci', caller)),
  );
}

describe.skipIf(!canControlRabbit())(`With the documented users (${HOW_TO_CONTROL_RABBIT})`, () => {
  let rabbit: TestEngine;
  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 90_000);
  afterAll(() => rabbit.stop());

  describe.each([
    ['reprise', 'my-app:ci'],
    ['blue', 'my-app:blue'],
  ])('of the installation %s', (installation, caller) => permissions(() => rabbit, installation, caller));
});

function permissions(broker: () => TestEngine, installation: string, caller: string): void {
  const [REQUESTS, FACTS] = [requestsOf(installation), factsOf(installation)];
  let rabbit: TestEngine;
  const services = new Services();
  let amqp: AmqpInterface;
  const as = (user: string) => {
    const url = new URL(rabbit.url);
    return `amqp://${encodeURIComponent(user)}:${PASSWORD}@${url.host}`;
  };

  beforeAll(async () => {
    rabbit = broker();
    for (const command of await commands(installation, caller)) await rabbitControl(rabbit, ...command);
    services.on(findClient, ({ clientId }) => ({
      principal: { actor: `client:${clientId}`, administrator: false, app: { id: 'a1', name: 'my-app', role: 'Owner' } },
    }));
    services.on(findApp, ({ name }) => ({ app: { id: 'a1', name } }));
    services.on(startBackup, () => ({ jobId: 'j1' }));
    amqp = new AmqpInterface({
      urls: [as(installation)],
      name: 'tests',
      bus: services,
      clients: new BrokerClients(),
      baseUrl: 'http://localhost',
      logger: new SilentLogger(),
      installation,
    });
    await amqp.start();
    // `rabbitmqctl` takes its time, on a busy machine most of all.
  }, 300_000);
  afterAll(() => amqp.stop(0));

  it('the services do all they do', async () => {
    const [ask, job, news, call] = [
      defineRequest('tests.ask', { body: z.unknown(), reply: z.unknown() }),
      defineWork('tests.job', { body: z.unknown(), maxAttempts: 2 }),
      defineFact('tests.news', { body: z.unknown() }),
      defineBroadcast('tests.call', { body: z.unknown() }),
    ];
    const heard: string[] = [];
    const options = { urls: [as(installation)], name: 'tests', prefix: installation, backoff: { firstMs: 10, maxMs: 10 } };
    const transport = new RabbitTransport(options, new SilentLogger());
    await transport.start([
      { channel: 'request', name: ask.name, handle: async ({ body }) => ({ body }) },
      {
        channel: 'work',
        name: job.name,
        concurrency: 1,
        maxAttempts: 2,
        handle: async ({ body, attempt }) => {
          heard.push(`job ${attempt}`);
          if (parseBody(body) === 'fails') throw new Error('never');
        },
      },
      { channel: 'fact', name: news.name, group: 'tests', handle: async () => void heard.push('news') },
      { channel: 'broadcast', name: call.name, handle: async () => void heard.push('call') },
    ]);
    const bus = new TypedBus(transport);
    expect(await bus.request(ask, 'asked')).toBe('asked');
    await bus.enqueue(job, 'fails');
    await bus.publish(news, {});
    await bus.broadcast(call, {});
    await expect.poll(() => heard.toSorted()).toEqual(['call', 'job 1', 'job 2', 'news']);
    await expect.poll(async () => (await transport.listDead(job.name)).length).toBe(1);
    const [letter] = await transport.listDead(job.name);
    expect(await transport.requeueDead(job.name, letter!.messageId)).toBe(true);
    await transport.stop();
  });

  it('a caller asks for a backup and hears of its end', async () => {
    const client = await RepriseClient.connect({ url: as(caller), app: 'my-app', installation });
    expect(await client.startBackup('my-app')).toEqual({ jobId: 'j1' });
    expect(services.of(findClient)).toContainEqual({ clientId: caller });

    const connection = await connect(as(caller));
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, FACTS, 'backup.completed.my-app');
    const told: string[] = [];
    await channel.consume(queue, (message) => message && told.push(message.content.toString()), { noAck: true });
    await amqp.subscriptions[0]!.handle({
      name: 'backup.completed',
      version: 1,
      messageId: 'm',
      correlationId: 'c',
      attempt: 1,
      body: encodeBody({ jobId: 'j1', app: { id: 'a1', name: 'my-app' }, events: 1, assets: 0 }),
    });
    await expect.poll(() => told.length).toBe(1);
    await connection.close();
    await client.close();
  });

  const publish =
    (exchange: string, key: string, userId = caller) =>
    async (channel: ConfirmChannel) => {
      channel.publish(exchange, key, Buffer.from('{}'), { userId });
      await channel.waitForConfirms();
    };
  const bind = (key: string) => async (channel: ConfirmChannel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, FACTS, key);
  };
  it.each<[string, (channel: ConfirmChannel) => Promise<unknown>, string]>([
    ['ask for a restore', publish(REQUESTS, 'restore.start'), 'ACCESS_REFUSED'],
    ['ask in the name of another', publish(REQUESTS, 'backup.start', installation), 'PRECONDITION_FAILED'],
    ['send works to our services', publish(`${installation}.work`, 'backup.advance'), 'ACCESS_REFUSED'],
    ['send to any queue', publish('', REQUESTS), 'ACCESS_REFUSED'],
    ['tell facts', publish(FACTS, 'backup.completed.my-app'), 'ACCESS_REFUSED'],
    ['hear of every app', bind('backup.completed'), 'ACCESS_REFUSED'],
    ['hear of another app', bind('backup.completed.other'), 'ACCESS_REFUSED'],
    ['hear of all by a pattern', bind('#'), 'ACCESS_REFUSED'],
    ["take others' requests", (channel) => channel.consume(REQUESTS, () => undefined), 'ACCESS_REFUSED'],
    ['read the dead letters', (channel) => channel.get(`${REQUESTS}.dead`), 'ACCESS_REFUSED'],
    ['delete our queues', (channel) => channel.deleteQueue(REQUESTS), 'ACCESS_REFUSED'],
  ])('a caller may not %s', async (_, attempt, refusal) => {
    const connection = await connect(as(caller));
    const channel = await connection.createConfirmChannel();
    const refused = new Promise<string>((resolve) => channel.on('error', (error: Error) => resolve(error.message)));
    await attempt(channel).catch(() => undefined);
    expect(await refused).toContain(refusal);
    await connection.close();
  });
}
