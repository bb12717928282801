import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineRequest, defineWork } from '@reprise/contracts';
import { RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import { ClaimCheckTransport, encodeBody, MOST_BYTES, TypedBus, type Transport } from '@reprise/messaging-core';
import { InProcessTransport } from '@reprise/messaging-in-process';
import { transportContract } from '@reprise/messaging-testing';
import { FolderObjectStore } from '@reprise/objects-fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ObjectClaims } from './object-claims.js';

const backoff = { firstMs: 20, maxMs: 80 };
const inProcess = () => new InProcessTransport(new SystemClock(), new SilentLogger(), backoff);
const folders: string[] = [];

async function newStore(): Promise<FolderObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), 'reprise-claims-'));
  folders.push(folder);
  const store = new FolderObjectStore(folder);
  await store.prepare();
  return store;
}
const around = (transport: Transport, store: FolderObjectStore, mostBytes?: number) =>
  new ClaimCheckTransport(transport, new ObjectClaims(store), new SystemClock(), new SilentLogger(), mostBytes);

afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true }))));

transportContract(
  'the in-process transport with every body in a store',
  async () => {
    const store = await newStore();
    return { create: () => around(inProcess(), store, 0), close: async () => {} };
  },
  { processes: 'one' },
);

describe('A body', () => {
  const ask = defineRequest('tests.ask', { body: z.string(), reply: z.string() });
  const job = defineWork('tests.job', { body: z.string() });
  const large = 'x'.repeat(MOST_BYTES);
  const small = 'x'.repeat(MOST_BYTES - 2);
  let store: FolderObjectStore;
  let transport: ClaimCheckTransport;
  let bus: TypedBus;
  let sizes: number[];

  beforeEach(async () => {
    store = await newStore();
    sizes = [];
    const inner = inProcess();
    transport = around(inner, store);
    bus = new TypedBus(transport);
    const enqueue = inner.enqueue.bind(inner);
    const request = inner.request.bind(inner);
    inner.enqueue = (envelope, delayMs) => (sizes.push(envelope.body.byteLength), enqueue(envelope, delayMs));
    inner.request = async (envelope, deadlineMs) => {
      const answer = await request(envelope, deadlineMs);
      sizes.push(envelope.body.byteLength, 'body' in answer ? answer.body.byteLength : -1);
      return answer;
    };
  });
  afterEach(() => transport.stop(0));

  const stored = async () => {
    const keys: string[] = [];
    for await (const { key } of store.list('messages/')) keys.push(key);
    return keys;
  };
  const echo = { channel: 'request' as const, name: ask.name, handle: async ({ body }: { body: Uint8Array }) => ({ body }) };

  it('of up to 256 KiB travels by message, and a larger one does not', async () => {
    await transport.start([echo]);
    expect(await bus.request(ask, small)).toBe(small);
    expect(await bus.request(ask, large)).toBe(large);
    expect(sizes).toEqual([MOST_BYTES, MOST_BYTES, 0, 0]);
  });

  it('of a request or reply leaves nothing in the store', async () => {
    await transport.start([echo]);
    await bus.request(ask, large);
    await expect.poll(stored).toEqual([]);
    await transport.stop(0);
    await expect(bus.request(ask, large)).rejects.toMatchObject({ code: 'messaging.stopped' });
    await expect.poll(stored).toEqual([]);
  });

  it('of a reply that finds no room does not say that nothing was done', async () => {
    const put = store.put.bind(store);
    const handle = async ({ body }: { body: Uint8Array }) => {
      store.put = () => Promise.reject(new RepriseError('unavailable', 'storage.full', 'No room.'));
      return { body };
    };
    await transport.start([{ ...echo, handle }]);
    await expect(bus.request(ask, large)).rejects.toMatchObject({ kind: 'unavailable', code: 'commands.outcome-unknown' });
    await expect(bus.request(ask, large)).rejects.toMatchObject({ code: 'storage.full' });
    store.put = put;
  });

  it('of a work is there at each attempt, and when an operator puts it back', async () => {
    let broken = true;
    const lengths: number[] = [];
    await transport.start([
      {
        channel: 'work',
        name: job.name,
        concurrency: 1,
        maxAttempts: 2,
        handle: async ({ body }) => {
          lengths.push(body.byteLength);
          if (broken) throw new Error('not yet');
        },
      },
    ]);
    await bus.enqueue(job, large);
    await expect.poll(async () => (await transport.listDead(job.name)).length).toBe(1);
    broken = false;
    const [letter] = await transport.listDead(job.name);
    await transport.requeueDead(job.name, letter!.messageId);
    await expect.poll(() => lengths).toEqual(Array.from({ length: 3 }, () => MOST_BYTES + 2));
  });

  it('that was swept is told so', async () => {
    const claims = new ObjectClaims(store);
    await claims.put('old', encodeBody('old'));
    await sleep(20);
    const between = new Date();
    await sleep(20);
    await claims.put('new', encodeBody('new'));
    await claims.sweep(between);
    expect(await stored()).toEqual(['messages/new']);
    await expect(claims.get('old')).rejects.toMatchObject({ kind: 'not-found', code: 'messaging.claim-gone' });
  });
});
