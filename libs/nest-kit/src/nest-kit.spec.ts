import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineFact, defineRequest, defineWork } from '@reprise/contracts';
import { RepriseError, SilentLogger, SystemClock, type ErrorBody } from '@reprise/kernel';
import { TypedBus, type Subscription } from '@reprise/messaging-core';
import { InProcessTransport } from '@reprise/messaging-in-process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contractsOf, MessagingStrategy, OnFact, OnRequest, OnWork, type MessageContext } from './index.js';

const double = defineRequest('tests.double', { body: z.object({ n: z.number() }), reply: z.object({ n: z.number() }) });
const refuse = defineRequest('tests.refuse', { body: z.object({}), reply: z.object({}) });
const flaky = defineWork('tests.flaky', { body: z.object({ failures: z.number() }), maxAttempts: 3 });
const happened = defineFact('tests.happened', { body: z.object({ what: z.string() }) });

const heard: string[] = [];

@Controller()
class TestController {
  readonly name = 'controller';

  @OnRequest(double)
  async double({ n }: { n: number }, context: MessageContext) {
    expect(context).toMatchObject({ attempt: 1, correlationId: 'c-1' });
    return { n: 2 * n };
  }

  @OnRequest(refuse)
  async refuse(): Promise<Record<string, never>> {
    throw new RepriseError('conflict', 'tests.refused', 'No.', { details: ['a: b'] });
  }

  @OnWork(flaky, { dead: 'giveUp' })
  async flaky({ failures }: { failures: number }, { attempt }: MessageContext): Promise<void> {
    heard.push(`attempt ${attempt}`);
    if (attempt <= failures) throw new Error('not yet');
  }

  async giveUp({ failures }: { failures: number }, error: ErrorBody): Promise<void> {
    heard.push(`${this.name} gave up on ${failures}: ${error.code}`);
  }

  @OnFact(happened, 'first')
  async first({ what }: { what: string }): Promise<void> {
    heard.push(`first ${what}`);
  }

  @OnFact(happened, 'second')
  async second({ what }: { what: string }): Promise<void> {
    heard.push(`second ${what}`);
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

async function started(contracts = contractsOf({ double, refuse, flaky, happened, other: 1 }), subscriptions: Subscription[] = []) {
  heard.length = 0;
  const transport = new InProcessTransport(new SystemClock(), new SilentLogger(), { firstMs: 1, maxMs: 2 });
  const app = await NestFactory.createMicroservice(TestModule, {
    strategy: new MessagingStrategy(transport, { contracts, logger: new SilentLogger(), subscriptions }),
    logger: false,
  });
  await app.listen();
  return { app, bus: new TypedBus(transport), transport };
}

describe('handlers of a Nest module over a transport', () => {
  it('answer requests, with bodies checked and errors as they were thrown', async () => {
    const { app, bus } = await started();
    expect(await bus.request(double, { n: 21 }, { correlationId: 'c-1' })).toEqual({ n: 42 });
    const fromLater = { n: 21, unit: 'of a later version' };
    expect(await bus.request(double, fromLater, { correlationId: 'c-1' })).toEqual({ n: 42 });
    await expect(bus.request(double, { n: 'x' } as never)).rejects.toMatchObject({ kind: 'invalid', code: 'message.invalid' });
    await expect(bus.request(refuse, {})).rejects.toMatchObject({ kind: 'conflict', code: 'tests.refused', message: 'No.', details: ['a: b'] });
    await app.close();
  });

  it('do a work again until it succeeds, or give it up and say so', async () => {
    const { app, bus, transport } = await started();
    await bus.enqueue(flaky, { failures: 1 });
    await expect.poll(() => heard).toEqual(['attempt 1', 'attempt 2']);
    heard.length = 0;
    await bus.enqueue(flaky, { failures: 9 });
    await expect.poll(() => heard).toEqual(['attempt 1', 'attempt 2', 'attempt 3', 'controller gave up on 9: internal']);
    expect(await transport.listDead(flaky.name)).toMatchObject([{ attempts: 3, error: { code: 'internal' } }]);
    await app.close();
  });

  it('hear a fact once for each group', async () => {
    const { app, bus } = await started();
    await bus.publish(happened, { what: 'x' });
    await expect.poll(() => heard.toSorted()).toEqual(['first x', 'second x']);
    await sleep(5);
    expect(heard).toHaveLength(2);
    await app.close();
  });

  it('share the transport with those who are no handlers', async () => {
    const others: Subscription = { channel: 'fact', name: happened.name, group: 'others', handle: async ({ name }) => void heard.push(`others ${name}`) };
    const { app, bus } = await started(undefined, [others]);
    await bus.publish(happened, { what: 'x' });
    await expect.poll(() => heard.toSorted()).toEqual(['first x', 'others tests.happened', 'second x']);
    await app.close();
  });

  it('are missed at start when a contract has none', async () => {
    const lonely = defineRequest('tests.lonely', { body: z.object({}), reply: z.object({}) });
    await expect(started([lonely])).rejects.toThrow('tests.lonely has 0 handlers');
  });
});
