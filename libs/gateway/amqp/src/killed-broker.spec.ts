import { setTimeout as sleep } from 'node:timers/promises';
import { factsOf } from '@reprise/contracts';
import { HOW_TO_ENABLE_RABBIT, hasRabbit, startRabbit, type TestEngine } from '@reprise/engines';
import { SilentLogger } from '@reprise/kernel';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AmqpInterface } from './amqp-interface.js';
import { BrokerClients } from './broker-clients.js';
import { tell } from './spec-facts.js';
import { Services } from './spec-services.js';

const QUEUE = 'tests-facts';

/** Its broker is nobody else's: RabbitMQ 3.10 takes no more quorum queues once one was deleted while it came back after a kill. */
describe.skipIf(!hasRabbit())(`The AMQP interface of a broker that is killed (${HOW_TO_ENABLE_RABBIT})`, () => {
  let rabbit: TestEngine;
  let amqp: AmqpInterface;
  beforeAll(async () => {
    rabbit = await startRabbit();
    const clients = BrokerClients.parse('guest=shop:ci');
    const baseUrl = 'https://cms.example.com/';
    amqp = new AmqpInterface({ urls: [rabbit.url], name: 'tests', bus: new Services(), clients, baseUrl, logger: new SilentLogger(), installation: 'killed' });
    if (rabbit.restart) await amqp.start();
  }, 90_000);
  afterAll(async () => {
    await amqp?.stop(0);
    await rabbit?.stop();
  });

  it('counts a fact as told when the broker has it', { timeout: 120_000 }, async (context) => {
    if (!rabbit.restart) return context.skip('a broker by address is not ours to kill: unset REPRISE_TEST_AMQP_URL');
    const connection = await connect(rabbit.url);
    connection.on('error', () => undefined);
    const channel = await connection.createChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(QUEUE, factsOf('killed'), 'backup.completed');
    // A queue that RabbitMQ 3.10 was told of in its last second is gone when it is killed.
    await sleep(2_000);
    const fact = {
      jobId: 'j1',
      app: { id: 'a1', name: 'shop' },
      events: 7,
      assets: 2,
      archive: { size: 100, link: { expires: 1_800_000_000, signature: 'a_b-c' } },
    };
    const restarted = rabbit.restart();
    await sleep(200);
    // As the transport does with a fact that could not be told.
    await expect.poll(() => tell(amqp, 'backup.completed', fact).then(() => 'told', String), { timeout: 60_000 }).toBe('told');
    await restarted;

    const reading = await connect(rabbit.url);
    expect(await (await reading.createChannel()).get(QUEUE, { noAck: true })).toBeTruthy();
    await reading.close();
  });
});
