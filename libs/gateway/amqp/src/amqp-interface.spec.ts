import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection, deadQueueOf, DeadLetterQueue } from '@reprise/amqp';
import { RepriseClient } from '@reprise/client';
import { cancelJob, findApp, findBackup, findClient, findRestore, factsOf, requestsOf, startBackup, startRestore, type Principal } from '@reprise/contracts';
import { RepriseError, SilentLogger } from '@reprise/kernel';
import { HOW_TO_ENABLE_RABBIT, hasRabbit, startRabbit, type TestEngine } from '@reprise/engines';
import { connect, type Channel, type ChannelModel, type Message, type Options } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AmqpInterface } from './amqp-interface.js';
import { BrokerClients } from './broker-clients.js';
import { tell } from './spec-facts.js';
import { Services } from './spec-services.js';

/** What is looked at of an answer's body. */
interface Answer {
  job?: { archive?: unknown };
  error?: { code: string };
}

const [REQUESTS, FACTS] = [requestsOf(), factsOf()];
const owner: Principal = { actor: 'client:shop:ci', administrator: false, app: { id: 'a1', name: 'shop', role: 'Owner' } };
const view = {
  id: 'j1',
  kind: 'backup',
  status: 'Completed',
  app: { id: 'a1', name: 'shop' },
  created: '2025-01-01T00:00:00Z',
  stopped: '2025-01-01T00:00:09Z',
};
const figures = { handledEvents: 7, totalEvents: 7, handledAssets: 2, lostAssets: 0, handledBytes: 100, log: [] };
const archive = { size: 100, etag: '"e"', fileName: 'shop.zip', link: { expires: 1_800_000_000, signature: 'a_b-c' } };
const url = 'https://cms.example.com/base/api/apps/jobs/j1?appId=a1&expires=1800000000&signature=a_b-c';

describe.skipIf(!hasRabbit())(`The AMQP interface (${HOW_TO_ENABLE_RABBIT})`, () => {
  let rabbit: TestEngine;
  let services: Services;
  let amqp: AmqpInterface;
  let connection: ChannelModel;
  let channel: Channel;
  let answers: string;
  const received: Message[] = [];

  const newInterface = (patienceMs?: number, installation = 'reprise') =>
    new AmqpInterface({
      urls: [rabbit.url],
      name: 'tests',
      bus: services,
      clients: BrokerClients.parse('guest=shop:ci'),
      baseUrl: 'https://cms.example.com/base/',
      logger: new SilentLogger(),
      installation,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });

  beforeAll(async () => {
    rabbit = await startRabbit();
  }, 90_000);
  afterAll(() => rabbit.stop());

  beforeEach(async () => {
    services = new Services();
    services.on(findClient, ({ clientId }) => {
      if (clientId !== 'shop:ci') throw new RepriseError('unauthenticated', 'auth.unknown-client', 'No.');
      return { principal: owner };
    });
    services.on(findApp, ({ name }) => {
      if (name !== 'shop') throw new RepriseError('not-found', 'apps.not-found', 'No such app.');
      return { app: { id: 'a1', name } };
    });
    services.on(startBackup, () => ({ jobId: 'j1' }));
    amqp = newInterface();
    await amqp.start();
    connection = await connect(rabbit.url);
    channel = await connection.createChannel();
    channel.on('error', () => undefined);
    ({ queue: answers } = await channel.assertQueue('', { exclusive: true }));
    received.length = 0;
    await channel.consume(answers, (message) => message && received.push(message), { noAck: true });
  });
  afterEach(async () => {
    await amqp.stop(0);
    await connection.close();
    const cleaner = await connect(rabbit.url);
    const last = await cleaner.createChannel();
    for (const queue of [REQUESTS, deadQueueOf(REQUESTS)]) await last.deleteQueue(queue);
    for (const exchange of [REQUESTS, FACTS, deadQueueOf(REQUESTS)]) await last.deleteExchange(exchange);
    await cleaner.close();
  });

  const send = (key: string, body: unknown, properties: Options.Publish = {}) => {
    const defaults = { userId: 'guest', messageId: randomUUID(), correlationId: 'c1', type: `reprise.${key}.v1`, replyTo: answers };
    const content = body instanceof Buffer ? body : Buffer.from(JSON.stringify(body));
    return channel.publish(REQUESTS, key, content, { contentType: 'application/json', ...defaults, ...properties });
  };
  const ask = async (key: string, body: unknown, properties: Options.Publish = {}) => {
    const before = received.length;
    send(key, body, properties);
    await expect.poll(() => received.length).toBe(before + 1);
    const { properties: got, content } = received.at(-1)!;
    return { type: got.type as string, correlationId: got.correlationId as string, body: JSON.parse(content.toString()) as Answer };
  };
  const codeOf = async (...asked: Parameters<typeof ask>) => {
    const { type, body } = await ask(...asked);
    return type === 'reprise.error.v1' ? body.error!.code : type;
  };
  const deadLetters = async <T>(use: (letters: DeadLetterQueue) => Promise<T>) => {
    const own = new Connection({ urls: [rabbit.url], name: 'operator' }, new SilentLogger());
    await own.channel({ confirm: false }, async () => {});
    try {
      return await use(new DeadLetterQueue(own, REQUESTS, 'wayBack'));
    } finally {
      await own.close();
    }
  };
  const deadCodes = () => deadLetters(async (letters) => (await letters.list()).map(({ error }) => error.code));

  describe('a request', () => {
    it('is answered under its correlation id, when the job is on disk', async () => {
      expect(await ask('backup.start', { app: 'shop' })).toEqual({ type: 'reprise.backup.start.reply.v1', correlationId: 'c1', body: { jobId: 'j1' } });
      expect(services.of(startBackup)).toMatchObject([{ principal: owner, app: { id: 'a1', name: 'shop' } }]);
      expect(amqp.health()).toMatchObject({ ready: true, connected: true, consuming: true, counts: { requests: 1, refused: 0 } });
    });

    it('is known again by its message id, of the same request alone', async () => {
      services.on(cancelJob, () => ({}));
      for (const id of ['m1', 'm1', 'm2']) await ask('backup.start', { app: 'shop' }, { messageId: id });
      await ask('backup.cancel', { jobId: 'j1' }, { messageId: 'm1' });
      const [first, again, other] = services.of(startBackup).map(({ key }) => key);
      expect(first).toBe(again);
      expect(new Set([first, other, services.of(cancelJob)[0]!['key']]).size).toBe(3);
    });

    it('gives a job with a link that is whole', async () => {
      services.on(findBackup, () => ({ job: { ...view, ...figures, archive } }));
      const { body } = await ask('backup.get', { jobId: 'j1' });
      expect(body.job).toMatchObject({ id: 'j1', status: 'Completed', handledEvents: 7 });
      expect(body.job!.archive).toEqual({ size: 100, etag: '"e"', fileName: 'shop.zip', url, expires: '2027-01-15T08:00:00.000Z' });
    });

    it('restores, from one place', async () => {
      services.on(startRestore, () => ({ jobId: 'r1' }));
      services.on(findRestore, () => ({ job: { ...view, ...figures, id: 'r1', kind: 'restore' } }));
      expect((await ask('restore.start', { backupId: 'j1', name: 'copy', later: true })).body).toEqual({ jobId: 'r1' });
      expect(services.of(startRestore)).toMatchObject([{ source: { kind: 'backup', backupId: 'j1' }, name: 'copy' }]);
      expect((await ask('restore.get', { jobId: 'r1' })).body.job).toMatchObject({ kind: 'restore' });
      expect(await codeOf('restore.start', { backupId: 'j1', url: 'http://x' })).toBe('restores.invalid');
      expect(await codeOf('restore.start', {})).toBe('restores.invalid');
    });

    it('without the user that the broker vouches for, or of one that is nobody here, is refused', async () => {
      expect(await codeOf('backup.start', { app: 'shop' }, { userId: undefined })).toBe('auth.no-user');
      services.on(findClient, () => {
        throw new RepriseError('unauthenticated', 'auth.unknown-client', 'Revoked.');
      });
      expect(await codeOf('backup.start', { app: 'shop' })).toBe('auth.unknown-client');
      expect(services.of(startBackup)).toEqual([]);
    });

    it('is refused with the code of the service that refused it', async () => {
      services.on(startBackup, () => {
        throw new RepriseError('forbidden', 'auth.forbidden', 'Only owners may do this.');
      });
      expect(await ask('backup.start', { app: 'shop' })).toMatchObject({
        type: 'reprise.error.v1',
        body: { error: { kind: 'forbidden', code: 'auth.forbidden', message: 'Only owners may do this.' } },
      });
      expect(await codeOf('backup.start', { app: 'other' })).toBe('apps.not-found');
    });

    it('says nothing of what went wrong inside', async () => {
      services.on(startBackup, () => {
        throw new Error('password');
      });
      const { body } = await ask('backup.start', { app: 'shop' });
      expect(body.error).toMatchObject({ kind: 'internal', code: 'internal' });
      expect(JSON.stringify(body)).not.toContain('password');
    });

    it.each<[string, string, unknown, Options.Publish]>([
      ['message.type-unknown', 'backup.explode', {}, {}],
      ['message.type-unknown', 'backup.start', { app: 'shop' }, { type: 'reprise.backup.start.v2' }],
      ['message.type-unknown', 'backup.start', { app: 'shop' }, { type: 'other' }],
      ['message.invalid', 'backup.start', { app: 5 }, {}],
      ['message.invalid', 'backup.start', [], {}],
      ['message.invalid', 'backup.start', Buffer.from('{'), {}],
      ['message.invalid', 'backup.start', Buffer.from([0xff, 0x00]), {}],
      ['message.too-large', 'backup.start', { app: 'x'.repeat(70_000) }, {}],
    ])('that cannot be understood is answered by %s (%s)', async (code, key, body, properties) => {
      expect(await codeOf(key, body, properties)).toBe(code);
      expect(await ask('backup.start', { app: 'shop' })).toMatchObject({ body: { jobId: 'j1' } });
    });

    it.each([{ type: 'reprise.backup.start.v1.4' }, { type: undefined }, { headers: { unknown: [1] }, contentType: undefined }])(
      'may have what nobody knows here (%j)',
      async (properties) => {
        expect(await codeOf('backup.start', { app: 'shop', later: { than: 'this' } }, properties)).toBe('reprise.backup.start.reply.v1');
      },
    );

    it('is tried again while a service is away', async () => {
      let tries = 0;
      services.on(startBackup, () => {
        if (++tries < 3) throw new RepriseError('unavailable', 'messaging.unroutable', 'Away.');
        return { jobId: 'j1' };
      });
      expect(await codeOf('backup.start', { app: 'shop' })).toBe('reprise.backup.start.reply.v1');
      expect(tries).toBe(3);
    });

    it('that has a time to live is answered at once when a service is away, and nothing inside takes longer', async () => {
      services.on(startBackup, () => {
        throw new RepriseError('unavailable', 'messaging.unroutable', 'Away.');
      });
      expect(await codeOf('backup.start', { app: 'shop' }, { expiration: '20000' })).toBe('messaging.unroutable');
      expect(services.of(startBackup)).toHaveLength(1);
      expect(services.received.map(({ options }) => options?.deadlineMs)).toEqual([20_000, 20_000, 20_000]);
    });

    it.each([
      ['messaging.timeout', 'messaging.timeout'],
      ['storage.unreachable', 'commands.outcome-unknown'],
    ])('of which nobody knows what became is not tried again when it could do something twice (%s)', async (code, told) => {
      services.on(startBackup, () => {
        throw new RepriseError('unavailable', code, 'Late.');
      });
      expect(await codeOf('backup.start', { app: 'shop' }, { messageId: undefined })).toBe(told);
      expect(services.of(startBackup)).toHaveLength(1);
    });

    it('of which nobody knows what became goes to no other gateway when it could do something twice', async () => {
      const failed = Promise.withResolvers<never>();
      services.on(startBackup, () => failed.promise);
      send('backup.start', { app: 'shop' }, { messageId: undefined });
      await expect.poll(() => services.of(startBackup).length).toBe(1);
      const stopped = amqp.stop();
      failed.reject(new RepriseError('unavailable', 'storage.unreachable', 'Away.'));
      await stopped;
      amqp = newInterface();
      await amqp.start();
      await expect.poll(() => received.length).toBe(1);
      expect(received[0]!.properties.type).toBe('reprise.error.v1');
      expect(services.of(startBackup)).toHaveLength(1);
    });

    it('whose time ended before it was taken never runs', async () => {
      await amqp.stop();
      send('backup.start', { app: 'shop' }, { expiration: '50' });
      send('backup.start', { app: 'shop' }, { messageId: 'in time' });
      await sleep(150);
      amqp = newInterface();
      await amqp.start();
      await expect.poll(() => received.length).toBe(1);
      await sleep(50);
      expect(services.of(startBackup)).toHaveLength(1);
      await expect.poll(deadCodes).toEqual(['messaging.expired']);
      expect(await deadLetters((letters) => letters.requeueAll())).toBe(0);
    });

    it('whose time ended in a gateway that was frozen never runs; what still has time does, later', async () => {
      await amqp.stop();
      const program = fileURLToPath(new URL('spec-gateway.js', import.meta.url));
      const child = spawn(process.execPath, [program, rabbit.url], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const ran: string[] = [];
        createInterface({ input: child.stdout }).on('line', (line) => ran.push(line));
        await expect.poll(() => ran).toEqual(['ready']);
        child.kill('SIGSTOP');
        send('backup.start', { app: 'late' }, { expiration: '300' });
        send('backup.start', { app: 'in time' }, { expiration: '60000' });
        send('backup.start', { app: 'has time' });
        await sleep(1_500);
        child.kill('SIGCONT');
        await expect.poll(() => ran.toSorted()).toEqual(['has time', 'in time', 'ready']);
        await expect.poll(deadCodes).toEqual(['messaging.expired']);
      } finally {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
    });

    it('goes to another gateway when one stops while a service is away', async () => {
      let away = true;
      services.on(startBackup, () => {
        if (away) throw new RepriseError('unavailable', 'messaging.unroutable', 'Away.');
        return { jobId: 'j1' };
      });
      send('backup.start', { app: 'shop' });
      await expect.poll(() => services.of(startBackup).length).toBeGreaterThan(0);
      await amqp.stop();
      expect(received).toEqual([]);
      away = false;
      amqp = newInterface();
      await amqp.start();
      await expect.poll(() => received.map(({ properties }) => properties.type as string)).toEqual(['reprise.backup.start.reply.v1']);
    });

    it('waits while no gateway runs', async () => {
      await amqp.stop();
      send('backup.start', { app: 'shop' });
      amqp = newInterface();
      await amqp.start();
      await expect.poll(() => received.length).toBe(1);
    });
  });

  describe('what nobody can be told of', () => {
    it('is done all the same, and forgotten when that went well', async () => {
      send('backup.start', { app: 'shop' }, { replyTo: undefined });
      await expect.poll(() => services.of(startBackup).length).toBe(1);
      send('backup.start', { app: 'shop' }, { replyTo: 'nobody-has-this-queue' });
      await expect.poll(() => services.of(startBackup).length).toBe(2);
      await expect.poll(() => amqp.health().counts['unanswered']).toBe(1);
      expect(await deadCodes()).toEqual([]);
    });

    it('goes to the dead letters when it was refused, and an operator puts it back with all that its sender said', async () => {
      services.on(startBackup, () => {
        throw new RepriseError('limit', 'backups.limit-reached', 'Too many.');
      });
      send('backup.start', { app: 'shop' }, { replyTo: undefined, messageId: 'm1' });
      send('backup.start', Buffer.from('{'), { replyTo: undefined, messageId: 'm2' });
      await expect.poll(deadCodes).toEqual(['messaging.rejected', 'messaging.rejected']);
      services.on(startBackup, () => ({ jobId: 'j1' }));
      expect(await deadLetters((letters) => letters.requeue('m1'))).toBe(1);
      await expect.poll(() => services.of(startBackup).length).toBe(2);
      await expect.poll(deadCodes).toEqual(['messaging.rejected']);
    });

    it('is not told to a queue of our own', async () => {
      send('backup.start', { app: 'shop' }, { replyTo: 'reprise.work.backup.advance' });
      send('backup.start', { app: 'shop' }, { replyTo: REQUESTS });
      await expect.poll(deadCodes).toEqual(['messaging.rejected', 'messaging.rejected']);
      expect(services.of(startBackup)).toEqual([]);
    });

    it('ends each process that takes it no more than so often', async () => {
      await amqp.stop();
      send('backup.start', { app: 'shop' }, { messageId: 'poison' });
      for (let deaths = 0; deaths <= 50; deaths++) {
        const process = await connection.createChannel();
        await expect.poll(() => process.get(REQUESTS), { interval: 5 }).toBeTruthy();
        await process.close();
      }
      await expect.poll(deadCodes).toEqual(['messaging.delivery-limit']);
      amqp = newInterface();
      await amqp.start();
      expect(await codeOf('backup.start', { app: 'shop' })).toBe('reprise.backup.start.reply.v1');
      expect(services.of(startBackup)).toHaveLength(1);
    });
  });

  it('takes requests again when its queue is deleted', async () => {
    await channel.deleteQueue(REQUESTS);
    await expect.poll(() => amqp.health().ready).toBe(false);
    await expect.poll(() => amqp.health().ready).toBe(true);
    expect(await codeOf('backup.start', { app: 'shop' })).toBe('reprise.backup.start.reply.v1');
  });

  describe('beside that of another installation on the same broker', () => {
    let other: AmqpInterface;
    beforeEach(async () => {
      other = newInterface(undefined, 'blue');
      await other.start();
    });
    afterEach(async () => {
      await other.stop(0);
      const [requests, facts] = [requestsOf('blue'), factsOf('blue')];
      for (const queue of [requests, deadQueueOf(requests)]) await channel.deleteQueue(queue);
      for (const exchange of [requests, facts, deadQueueOf(requests)]) await channel.deleteExchange(exchange);
    });

    it('takes none of its requests, and is told none of its facts', async () => {
      for (let n = 0; n < 10; n++) await ask('backup.start', { app: 'shop' });
      expect([amqp.health().counts['requests'], other.health().counts['requests']]).toEqual([10, 0]);
      for (const exchange of [factsOf(), factsOf('blue')]) await channel.bindQueue(answers, exchange, 'backup.failed');
      received.length = 0;
      await tell(other, 'backup.failed', { jobId: 'j1', events: 0, assets: 0, error: { code: 'x', message: 'X.' } });
      await expect.poll(() => received.map(({ fields }) => fields.exchange)).toEqual(['blue.facts']);
    });

    it('is asked by a client that names it', async () => {
      const client = await RepriseClient.connect({ url: rabbit.url, installation: 'blue' });
      await client.startBackup('shop');
      await client.close();
      expect([amqp.health().counts['requests'], other.health().counts['requests']]).toEqual([0, 1]);
    });

    it('answers to no queue of its own', async () => {
      channel.publish(requestsOf('blue'), 'backup.start', Buffer.from('{}'), { userId: 'guest', replyTo: 'blue.work.backup.advance' });
      await expect.poll(() => other.health().counts).toMatchObject({ requests: 1, refused: 1, unanswered: 0 });
    });
  });

  it('may be stopped twice, and without a start', async () => {
    const another = newInterface();
    await another.stop();
    await amqp.stop();
    await amqp.stop();
    expect(amqp.health()).toMatchObject({ ready: false, consuming: false });
  });

  describe('a fact', () => {
    const fact = { jobId: 'j1', app: { id: 'a1', name: 'shop' }, events: 7, assets: 2, archive: { size: 100, link: archive.link } };

    it('is told once to a queue that is bound to its key, to that of its app, or to both', async () => {
      const others: unknown[] = [];
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.consume(queue, (message) => others.push(message?.fields.routingKey), { noAck: true });
      await channel.bindQueue(queue, FACTS, 'backup.completed.other');
      for (const key of ['backup.completed', 'backup.completed.shop']) await channel.bindQueue(answers, FACTS, key);
      await tell(amqp, 'backup.completed', fact);
      await expect.poll(() => received.length).toBe(1);
      await sleep(50);
      expect([received.length, others]).toEqual([1, []]);
      const { properties, content } = received[0]!;
      expect(properties).toMatchObject({ type: 'reprise.backup.completed.v1', messageId: 'j1.backup.completed', correlationId: 'c9', deliveryMode: 2 });
      expect(JSON.parse(content.toString())).toEqual({ ...fact, archive: { size: 100, url, expires: '2027-01-15T08:00:00.000Z' } });
    });

    it('tells of failures and of restores without an app too', async () => {
      for (const key of ['restore.failed', 'backup.cancelled']) await channel.bindQueue(answers, FACTS, key);
      await tell(amqp, 'restore.failed', { jobId: 'r1', events: 0, assets: 0, error: { code: 'archive.damaged', message: 'Damaged.' } });
      await expect.poll(() => received.length).toBe(1);
      expect(JSON.parse(received[0]!.content.toString())).toEqual({
        jobId: 'r1',
        events: 0,
        assets: 0,
        error: { code: 'archive.damaged', message: 'Damaged.' },
      });
    });
  });

  describe('our client', () => {
    it('asks, waits for the end that a fact tells, and passes errors on', async () => {
      let status = 'Started';
      services.on(findBackup, () => ({ job: { ...view, ...figures, status, stopped: status === 'Started' ? undefined : view.stopped } }));
      services.on(cancelJob, () => ({}));
      const client = await RepriseClient.connect({ url: rabbit.url, app: 'shop' });
      try {
        const { jobId } = await client.startBackup('shop', { messageId: 'mine' });
        const ended = client.backupEnded(jobId);
        await expect.poll(() => services.of(findBackup).length).toBe(1);
        await client.cancel(jobId);
        status = 'Cancelled';
        await tell(amqp, 'backup.cancelled', { jobId, app: view.app, events: 0, assets: 0 });
        expect(await ended).toMatchObject({ status: 'Cancelled' });
        await expect(client.startBackup('other')).rejects.toMatchObject({ kind: 'not-found', code: 'apps.not-found' });
        await expect(client.startRestore({})).rejects.toMatchObject({ code: 'restores.invalid', details: [expect.stringContaining('url')] });
      } finally {
        await client.close();
      }
    });

    it('is told when nobody answers in time', async () => {
      await amqp.stop();
      const client = await RepriseClient.connect({ url: rabbit.url });
      await expect(client.startBackup('shop', { timeoutMs: 100 })).rejects.toMatchObject({ kind: 'unavailable', code: 'amqp.no-answer' });
      await client.close();
    });
  });
});

describe('The clients of the broker', () => {
  it('are those that the operator names, and those that are named like the client of an app', () => {
    const clients = BrokerClients.parse('ci=shop:deploy, cron=root\nguest=a:b');
    expect(['ci', 'cron', 'guest', 'shop:web', 'shop:a:b'].map((user) => clients.of(user))).toEqual(['shop:deploy', 'root', 'a:b', 'shop:web', 'shop:a:b']);
  });

  it('never include an administrator whom nobody has named', () => {
    for (const user of ['root', 'guest', ':x', 'x:', '']) {
      expect(() => BrokerClients.parse('').of(user)).toThrow(expect.objectContaining({ code: 'auth.unknown-client' }));
    }
  });

  it.each(['ci', 'ci=', '=root', 'ci=a,ci=b', 'a=b=c'])('are not understood as %j', (text) => {
    expect(() => BrokerClients.parse(text)).toThrow(expect.objectContaining({ code: 'amqp.clients-invalid' }));
  });
});
