import { randomUUID } from 'node:crypto';
import { advanceJob } from '@reprise/contracts';
import { RepriseError, SilentLogger } from '@reprise/kernel';
import { parseBody, TypedBus } from '@reprise/messaging-core';
import { RabbitTransport } from '@reprise/messaging-rabbitmq';
import { HOW_TO_ENABLE_RABBIT, hasRabbit, startRabbit, type TestEngine } from '@reprise/engines';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../exit-codes.js';
import { run } from '../run.js';

const reprise = async (args: string[], env: Record<string, string>) => {
  let [out, err] = ['', ''];
  const code = await run(['dead-letters', ...args], env, {
    out: { write: (text: string) => void (out += text), isTTY: false },
    err: { write: (text: string) => void (err += text), isTTY: false },
  });
  return { code, out, err };
};

describe('reprise dead-letters', () => {
  it('asks for an address, and for what is meant', async () => {
    expect(await reprise(['list'], {})).toMatchObject({ code: ExitCode.usage, err: expect.stringContaining('REPRISE_AMQP_URL') });
    expect(await reprise(['list'], { REPRISE_AMQP_URL: 'nonsense' })).toMatchObject({ code: ExitCode.usage });
    for (const args of [['backup.advance'], ['backup.advance', 'id', '--all']]) {
      expect(await reprise(['requeue', ...args], { REPRISE_AMQP_URL: 'amqp://127.0.0.1:1' })).toMatchObject({ code: ExitCode.usage });
    }
  });

  it('says that the broker is not there, and why', async () => {
    expect(await reprise(['list'], { REPRISE_AMQP_URL: 'amqp://127.0.0.1:1' })).toMatchObject({
      code: ExitCode.unreachable,
      err: expect.stringContaining('ECONNREFUSED'),
    });
  });

  describe.skipIf(!hasRabbit())(`on a broker (${HOW_TO_ENABLE_RABBIT})`, () => {
    const prefix = `reprise-cli-${randomUUID()}`;
    let rabbit: TestEngine;
    let env: Record<string, string>;
    let transport: RabbitTransport;
    let broken = true;
    const done: unknown[] = [];

    beforeAll(async () => {
      rabbit = await startRabbit();
      env = { REPRISE_AMQP_URL: rabbit.url, REPRISE_INSTALLATION: prefix };
      transport = new RabbitTransport({ urls: [rabbit.url], name: 'tests', prefix }, new SilentLogger());
      await transport.start([
        {
          channel: 'work',
          name: advanceJob.name,
          concurrency: 1,
          maxAttempts: 2,
          handle: async ({ body, attempt }) => {
            if (broken && attempt === 1) throw new RepriseError('unavailable', 'tests.away', 'It is\taway.');
            if (broken) throw new RepriseError('invalid', 'tests.broken', 'It is\nbroken.');
            done.push(parseBody(body));
          },
        },
      ]);
      const bus = new TypedBus(transport);
      for (const jobId of ['j1', 'j2', 'j3']) await bus.enqueue(advanceJob, { jobId });
    }, 90_000);
    afterAll(async () => {
      await transport.stop(0);
      const connection = await connect(rabbit.url);
      const channel = await connection.createChannel();
      for (const queue of [`work.${advanceJob.name}`, `work.${advanceJob.name}.dead`, 'delay.256']) await channel.deleteQueue(`${prefix}.${queue}`);
      for (const kind of ['request', 'work', 'fact', 'broadcast', 'delay.256']) await channel.deleteExchange(`${prefix}.${kind}`);
      await connection.close();
      await rabbit.stop();
    });

    it('lists what was given up, and puts one or all back', async () => {
      await expect.poll(async () => (await transport.listDead(advanceJob.name)).length).toBe(3);
      broken = false;
      expect(await reprise(['list'], env)).toEqual({ code: ExitCode.ok, out: '    3  backup.advance\n', err: '' });
      const { out } = await reprise(['list', 'backup.advance'], env);
      expect(out.trim().split('\n')).toEqual(
        Array.from({ length: 3 }, () => [
          expect.stringMatching(/^\S{36} {2}\S+Z {2}2 attempts {2}tests.broken: It is broken.$/),
          '    attempt 1  tests.away: It is away.',
        ]).flat(),
      );
      const id = out.slice(0, 36);
      expect(await reprise(['requeue', 'backup.advance', id], env)).toEqual({ code: ExitCode.ok, out: 'Put back: 1.\n', err: '' });
      await expect.poll(() => done).toEqual([{ jobId: 'j1' }]);
      expect(await reprise(['requeue', 'backup.advance', id], env)).toMatchObject({ code: ExitCode.refused });
      expect(JSON.parse((await reprise(['list', 'backup.advance', '--json'], env)).out)).toHaveLength(2);
      expect(await reprise(['requeue', 'backup.advance', '--all'], env)).toMatchObject({ out: 'Put back: 2.\n' });
      await expect.poll(() => done.length).toBe(3);
      expect(await reprise(['list'], env)).toMatchObject({ out: 'There are no dead letters.\n' });
      expect(await reprise(['list', 'requests'], env)).toMatchObject({ out: 'There are no dead letters of requests.\n' });
    });
  });
});
