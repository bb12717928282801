import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { HOW_TO_ENABLE_S3, s3Servers, type TestEngine } from '@reprise/engines';
import type { ComposePart } from '@reprise/objects-core';
import { objectStoreContract } from '@reprise/objects-testing';
import { Client } from 'minio';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Connection, type S3Options } from './s3-connection.js';
import { S3ObjectStore, type S3StoreOptions } from './s3-object-store.js';
import { MeddlingProxy } from './testing/meddling-proxy.js';

const MEBIBYTE = 1024 * 1024;
const LEAST = 5 * MEBIBYTE;
const BUCKET = 'reprise-test';

const servers = s3Servers();
if (servers.length === 0) describe.skip(`S3 (${HOW_TO_ENABLE_S3})`, () => it('is tested', () => undefined));

describe.each(servers)('$name', ({ name, start }) => {
  let server: TestEngine;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  const connectTo = (endpoint: string, options: Partial<S3Options> = {}) =>
    new S3Connection({ endpoint, accessKey: server.accessKey, secretKey: server.secretKey, ...options });

  objectStoreContract(name, async () => {
    const connection = connectTo(server.url);
    const store = new S3ObjectStore(connection, { bucket: BUCKET, folder: 'contract' });
    // Another bucket of the same server, and the same folder of it.
    const other = new S3ObjectStore(connection, { bucket: `${BUCKET}-other`, folder: 'contract' });
    await Promise.all([store.prepare(), store.prepare(), other.prepare()]);
    return { store, other, close: async () => connection.close() };
  });

  it('tells whether its bucket is there', async () => {
    const connection = connectTo(server.url);
    const store = new S3ObjectStore(connection, { bucket: `${BUCKET}-later`, folder: 'contract' });
    expect(await store.isPrepared()).toBe(false);
    await store.prepare();
    expect(await store.isPrepared()).toBe(true);
    connection.close();
  });

  describe('behind a store', () => {
    let proxy: MeddlingProxy;
    let connections: S3Connection[];
    let folder = 0;
    beforeEach(async () => {
      proxy = await MeddlingProxy.before(server.url);
      connections = [];
      folder++;
      await storeWith({}).prepare();
    });
    afterEach(async () => {
      connections.forEach((connection) => connection.close());
      await proxy.close();
    });

    function storeWith(options: Partial<S3Options>, storeOptions: Partial<S3StoreOptions> = {}): S3ObjectStore {
      const connection = connectTo(proxy.url, options);
      connections.push(connection);
      return new S3ObjectStore(connection, { bucket: BUCKET, folder: `f${folder}`, ...storeOptions });
    }

    const small = { partSize: () => LEAST };
    async function* chunksOf(bytes: Buffer, between: (chunk: number) => Promise<void> = async () => undefined): AsyncGenerator<Buffer> {
      for (let start = 0; start < bytes.length; start += MEBIBYTE) {
        await between(start / MEBIBYTE);
        yield bytes.subarray(start, start + MEBIBYTE);
      }
    }

    /** As the server tells it, whatever we think. */
    async function unfinished(key: string): Promise<number> {
      const { hostname, port } = new URL(server.url);
      const client = new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey: server.accessKey, secretKey: server.secretKey });
      return (await client.listIncompleteUploadsQuery(BUCKET, `f${folder}/${key}`, '', '', '')).uploads.length;
    }

    async function keysOf(store: S3ObjectStore, prefix = ''): Promise<string[]> {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix)) keys.push(key);
      return keys;
    }

    it('lists and deletes more objects than a page has', async () => {
      const store = storeWith({});
      const keys = Array.from({ length: 2_050 }, (_, n) => `${n % 3 === 0 ? 'a/' : n % 3 === 1 ? 'a-' : 'b/c/'}${String(n).padStart(4, '0')}`);
      for (let from = 0; from < keys.length; from += 50)
        await Promise.all(keys.slice(from, from + 50).map((key) => store.put(`many/${key}`, Buffer.from(key))));
      await store.put('manx', Buffer.from('x'));
      expect((await keysOf(store, 'many/')).sort()).toEqual(keys.map((key) => `many/${key}`).sort());
      await store.deleteAll('many/');
      expect(await keysOf(store)).toEqual(['manx']);
    });

    it('takes a stream of any size in parts, and leaves nothing but the object', async () => {
      const store = storeWith({}, small);
      for (const size of [LEAST - 1, LEAST, LEAST + 1, 4 * LEAST + 12_345]) {
        const bytes = randomBytes(size);
        expect(await store.put(`put/${size}`, chunksOf(bytes))).toEqual({ size });
        expect((await store.read(`put/${size}`)).equals(bytes)).toBe(true);
        expect(await unfinished(`put/${size}`)).toBe(0);
        expect(await store.put(`put/${size}-at-once`, bytes)).toEqual({ size });
        expect((await store.read(`put/${size}-at-once`)).equals(bytes)).toBe(true);
      }
      expect(await store.sweep(-60_000)).toBe(0);
    });

    it('ends the upload of a put whose source fails', async () => {
      const store = storeWith({}, small);
      const failing = chunksOf(randomBytes(12 * MEBIBYTE), async (chunk) => {
        if (chunk === 11) throw new Error('the sender hung up');
      });
      await expect(store.put('failed', failing)).rejects.toThrow('the sender hung up');
      expect([await store.stat('failed'), await unfinished('failed')]).toEqual([undefined, 0]);
    });

    describe('composes', () => {
      const object = (size: number) => ({ size, bytes: randomBytes(size) });
      it.each([
        ['of 1 KB', [1_000]],
        ['of 4.9 MiB', [Math.round(4.9 * MEBIBYTE)]],
        ['of many assets around 5 MiB', [LEAST - 1, LEAST, LEAST + 1, 2 * LEAST - 1, 2 * LEAST + 1, Math.round(4.9 * MEBIBYTE), 100, LEAST]],
        ['of many small fragments', Array.from({ length: 30 }, () => 700_000)],
      ])('an archive %s', async (_, sizes) => {
        const store = storeWith({});
        const objects = sizes.map(object);
        const head = Buffer.from('head');
        const expected = [head];
        const parts: ComposePart[] = [{ bytes: head }];
        for (const [index, { bytes, size }] of objects.entries()) {
          await store.put(`source/${index}`, bytes);
          parts.push({ from: store, key: `source/${index}`, range: { start: 0, end: size - 1 } }, { bytes: Buffer.from(`<${index}>`) });
          expected.push(bytes, Buffer.from(`<${index}>`));
        }
        const whole = Buffer.concat(expected);
        expect(await store.compose('archive', parts)).toEqual({ size: whole.length });
        expect((await store.read('archive')).equals(whole)).toBe(true);
        expect(await unfinished('archive')).toBe(0);
      });

      it('an archive of more parts than are allowed in larger ones', async () => {
        const store = storeWith({}, { limits: { minPart: LEAST, maxPart: 5 * 1024 ** 3, maxParts: 3 } });
        const bytes = randomBytes(6 * MEBIBYTE);
        await store.put('source', bytes);
        await store.compose(
          'archive',
          Array.from({ length: 7 }, () => ({ from: store, key: 'source' })),
        );
        expect((await store.read('archive')).equals(Buffer.concat(Array.from({ length: 7 }, () => bytes)))).toBe(true);
        const tooMany = storeWith({}, { limits: { minPart: LEAST, maxPart: 2 * LEAST, maxParts: 3 } });
        const parts = Array.from({ length: 7 }, () => ({ from: tooMany, key: 'source' }));
        await expect(tooMany.compose('archive', parts)).rejects.toMatchObject({ kind: 'limit', code: 'objects.too-many-parts' });
      });

      it('large objects, of another bucket too, without a byte passing through', async () => {
        const store = storeWith({});
        const far = new S3ObjectStore(connections.at(-1)!, { bucket: `${BUCKET}-far`, folder: 'x' });
        await far.prepare();
        const bytes = randomBytes(3 * LEAST);
        await Promise.all([store.put('near', bytes), far.put('far', bytes)]);
        [proxy.toServer, proxy.toClient] = [0, 0];
        await store.compose('archive', [
          { from: store, key: 'near' },
          { from: far, key: 'far', range: { start: 7, end: 2 * LEAST } },
        ]);
        expect(proxy.toServer + proxy.toClient).toBeLessThan(20_000);
        expect((await store.read('archive')).equals(Buffer.concat([bytes, bytes.subarray(7, 2 * LEAST + 1)]))).toBe(true);
      });
    });

    it('refuses bytes that were damaged on the way, whether in one piece or in parts', async () => {
      const impatient = storeWith({ patienceMs: 0 }, small);
      for (const [key, size] of [
        ['whole', 2 * MEBIBYTE],
        ['parts', 3 * LEAST],
      ] as const) {
        const bytes = randomBytes(size);
        proxy.damageRequests(MEBIBYTE);
        await expect(impatient.put(key, bytes)).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
        expect([await impatient.stat(key), await unfinished(key)]).toEqual([undefined, 0]);
        // Sent once more they arrive.
        proxy.damageRequests(MEBIBYTE);
        const store = storeWith({}, small);
        await store.put(key, bytes);
        expect((await store.read(key)).equals(bytes)).toBe(true);
      }
    });

    it('never lets a body that was cut off look whole', async () => {
      const store = storeWith({});
      const bytes = randomBytes(20 * MEBIBYTE);
      await store.put('large', bytes);
      for (const range of [undefined, { start: MEBIBYTE, end: 20 * MEBIBYTE - 1 }]) {
        const body = await store.get('large', range);
        proxy.cutAnswerAfter(5 * MEBIBYTE);
        await expect(buffer(body)).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
      }
      // In one piece it is read again.
      proxy.cutAnswerAfter(5 * MEBIBYTE);
      expect((await store.read('large')).equals(bytes)).toBe(true);
    });

    it('holds no connection for a body that nobody reads to the end', async () => {
      const store = storeWith({});
      await store.put('large', randomBytes(20 * MEBIBYTE));
      for (let n = 0; n < 20; n++) {
        const body = await store.get('large');
        body.destroy();
      }
      expect((await store.read('large', { start: 0, end: 9 })).length).toBe(10);
    });

    it('lets a slow reader take its time', async () => {
      const store = storeWith({ patienceMs: 0, timeouts: { idle: 400 } });
      const bytes = randomBytes(20 * MEBIBYTE);
      await storeWith({}).put('large', bytes);
      const body = await store.get('large');
      await pause(1_000);
      expect((await buffer(body)).equals(bytes)).toBe(true);
    });

    it('knows that an upload is complete when the answer was lost', async () => {
      const store = storeWith({}, small);
      const bytes = randomBytes(2 * LEAST);
      proxy.swallowAnswerTo(/^POST \S+\?uploadId=/);
      expect(await store.put('once', bytes)).toEqual({ size: bytes.length });
      expect((await store.read('once')).equals(bytes)).toBe(true);
    });

    it('sweeps an upload that was begun by a request whose answer was lost', async () => {
      const store = storeWith({}, small);
      proxy.swallowAnswerTo(/^POST \S+\?uploads/);
      await store.put('twice', randomBytes(2 * LEAST));
      expect(await unfinished('twice')).toBe(1);
      expect(await store.sweep(3_600_000)).toBe(0);
      expect(await store.sweep(-60_000)).toBe(1);
      expect([await unfinished('twice'), (await store.stat('twice'))?.size]).toEqual([0, 2 * LEAST]);
    });

    it('says when it is refused', async () => {
      const store = storeWith({ secretKey: 'another', patienceMs: 0 });
      await expect(store.put('a', Buffer.from('a'))).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.refused' });
      await expect(store.read('a')).rejects.toMatchObject({ code: 'storage.refused' });
    });

    describe.skipIf(process.env.REPRISE_TEST_S3_ENDPOINT !== undefined)('that is killed', () => {
      const until = { patienceMs: 60_000 };

      it('in the middle of a put: an error, nothing visible, nothing unfinished after the sweep, and a repeat succeeds', async () => {
        const store = storeWith({ patienceMs: 300 }, small);
        const bytes = randomBytes(4 * LEAST);
        const killing = chunksOf(bytes, async (chunk) => {
          if (chunk === 13) await server.kill!();
        });
        await expect(store.put('killed', killing)).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
        await server.restart!();
        const again = storeWith(until, small);
        expect([await again.stat('killed'), await unfinished('killed')]).toEqual([undefined, 1]);
        expect(await again.sweep(-60_000)).toBe(1);
        expect(await unfinished('killed')).toBe(0);
        await again.put('killed', chunksOf(bytes));
        expect((await again.read('killed')).equals(bytes)).toBe(true);
      });

      it('in the middle of a compose: the same', async () => {
        const bytes = randomBytes(2 * LEAST);
        const store = storeWith({ patienceMs: 300 });
        await store.put('source', bytes);
        const parts = Array.from({ length: 8 }, () => ({ from: store, key: 'source' }));
        const killed = proxy.seen(/partNumber=5/).then(() => server.kill!());
        await expect(store.compose('killed', parts)).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
        await killed;
        await server.restart!();
        const again = storeWith(until);
        expect(await again.stat('killed')).toBeUndefined();
        await again.sweep(-60_000);
        expect(await unfinished('killed')).toBe(0);
        await again.compose(
          'killed',
          parts.map(({ key }) => ({ from: again, key })),
        );
        expect((await again.read('killed')).equals(Buffer.concat(parts.map(() => bytes)))).toBe(true);
      });

      it('and comes back: a put that is under way goes on', async () => {
        const store = storeWith(until, small);
        const bytes = randomBytes(4 * LEAST);
        let back: Promise<void> | undefined;
        const killing = chunksOf(bytes, async (chunk) => {
          if (chunk !== 13) return;
          await server.kill!();
          back = server.restart!();
        });
        await store.put('survived', killing);
        await back;
        expect((await store.read('survived')).equals(bytes)).toBe(true);
        expect(await unfinished('survived')).toBe(0);
      });
    });
  });
});
