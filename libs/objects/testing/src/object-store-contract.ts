import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { ObjectInfo, ObjectStore } from '@reprise/objects-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface ObjectStoreUnderTest {
  store: ObjectStore;
  /** A second one, that objects are copied from. */
  other: ObjectStore;
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const text = (value: string) => Buffer.from(value);

/** What every object store promises. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`${name} as an object store`, () => {
    let test: ObjectStoreUnderTest;
    let store: ObjectStore;
    beforeAll(async () => {
      test = await open();
      store = test.store;
    });
    afterAll(() => test.close());

    const list = async (prefix: string): Promise<ObjectInfo[]> => {
      const found: ObjectInfo[] = [];
      for await (const info of store.list(prefix)) found.push(info);
      return found;
    };
    const keys = async (prefix: string) => (await list(prefix)).map((info) => info.key);

    it('gives back the bytes that were put, in one piece and as a stream', async () => {
      const bytes = randomBytes(3 * MEBIBYTE + 7);
      expect(await store.put('bytes/one', bytes)).toEqual({ size: bytes.length });
      expect((await store.read('bytes/one')).equals(bytes)).toBe(true);
      expect((await buffer(await store.get('bytes/one'))).equals(bytes)).toBe(true);
    });

    it('takes a stream of chunks of any size', async () => {
      const chunks = [randomBytes(1), Buffer.alloc(0), randomBytes(2 * MEBIBYTE), ...Array.from({ length: 5_000 }, () => randomBytes(300))];
      const source = async function* () {
        yield* chunks;
      };
      const whole = Buffer.concat(chunks);
      expect(await store.put('bytes/chunks', source())).toEqual({ size: whole.length });
      expect((await store.read('bytes/chunks')).equals(whole)).toBe(true);
    });

    it('is done with a chunk when it asks for the next', async () => {
      const chunk = Buffer.alloc(700 * 1024);
      await store.put(
        'bytes/reused',
        (async function* () {
          for (let n = 1; n <= 4; n++) yield chunk.fill(n);
        })(),
      );
      const stored = await store.read('bytes/reused');
      expect([1, 2, 3, 4].map((n) => stored.subarray((n - 1) * chunk.length, n * chunk.length).equals(chunk.fill(n)))).toEqual([true, true, true, true]);
    });

    it('keeps objects of no bytes', async () => {
      await store.put('bytes/none', Buffer.alloc(0));
      expect((await store.stat('bytes/none'))?.size).toBe(0);
      expect((await store.read('bytes/none')).length).toBe(0);
      expect((await buffer(await store.get('bytes/none'))).length).toBe(0);
    });

    it('reads ranges with both ends, cut at the end of the object', async () => {
      await store.put('ranges/letters', text('abcdefghij'));
      expect((await store.read('ranges/letters', { start: 2, end: 4 })).toString()).toBe('cde');
      expect((await store.read('ranges/letters', { start: 8, end: 100 })).toString()).toBe('ij');
      expect((await buffer(await store.get('ranges/letters', { start: 0, end: 0 }))).toString()).toBe('a');
      expect((await buffer(await store.get('ranges/letters', { start: 9, end: 9 }))).toString()).toBe('j');
      for (const range of [
        { start: 10, end: 12 },
        { start: 5, end: 4 },
        { start: -1, end: 4 },
      ]) {
        await expect(store.read('ranges/letters', range)).rejects.toMatchObject({ code: 'objects.range-invalid' });
        await expect(store.get('ranges/letters', range)).rejects.toMatchObject({ code: 'objects.range-invalid' });
      }
    });

    it('says that an object is not there', async () => {
      await store.put('missing/neighbour', text('x'));
      for (const key of ['missing/one', 'nowhere/at/all', 'missing', 'missing/neighbour/below']) {
        expect(await store.stat(key)).toBeUndefined();
        await expect(store.read(key)).rejects.toMatchObject({ kind: 'not-found', code: 'objects.not-found' });
        await expect(store.get(key)).rejects.toMatchObject({ kind: 'not-found', code: 'objects.not-found' });
      }
      await expect(store.compose('missing/composed', [{ bytes: text('a') }, { from: store, key: 'missing/one' }])).rejects.toMatchObject({
        code: 'objects.not-found',
      });
      expect(await store.stat('missing/composed')).toBeUndefined();
    });

    it('refuses keys that ids cannot make, before it reads a byte of the source', async () => {
      let asked = false;
      const source = async function* () {
        asked = true;
        yield text('x');
      };
      for (const key of [
        '',
        '/',
        '../out',
        'a/../../out',
        'a//b',
        '/etc/passwd',
        'a/',
        'a/.',
        '.hidden',
        'ä',
        'a b',
        'a\\b',
        'a\0b',
        `a/${'x'.repeat(300)}`,
        'a/'.repeat(600) + 'b',
      ]) {
        await expect(store.put(key, source())).rejects.toMatchObject({ kind: 'invalid', code: 'objects.key-invalid' });
        await expect(store.read(key)).rejects.toMatchObject({ code: 'objects.key-invalid' });
        await expect(store.stat(key)).rejects.toMatchObject({ code: 'objects.key-invalid' });
        await expect(store.delete(key)).rejects.toMatchObject({ code: 'objects.key-invalid' });
      }
      expect(asked).toBe(false);
      await store.put('keys/@12/A_b-c.d', text('fine'));
      expect((await store.read('keys/@12/A_b-c.d')).toString()).toBe('fine');
    });

    it('shows nothing of an object whose source fails, and the old one when it was to be replaced', async () => {
      const failing = async function* () {
        yield randomBytes(2 * MEBIBYTE);
        throw new Error('the sender hung up');
      };
      await expect(store.put('failed/new', failing())).rejects.toThrow('the sender hung up');
      expect(await store.stat('failed/new')).toBeUndefined();
      await store.put('failed/old', text('before'));
      await expect(store.put('failed/old', failing())).rejects.toThrow('the sender hung up');
      expect((await store.read('failed/old')).toString()).toBe('before');
      expect(await keys('failed/')).toEqual(['failed/old']);
    });

    it('replaces an object as a whole: a reader that has begun sees the old one', async () => {
      const before = Buffer.alloc(3 * MEBIBYTE, 'a');
      await store.put('replaced/one', before);
      const reading = await store.get('replaced/one');
      await store.put('replaced/one', text('after'));
      expect((await buffer(reading)).equals(before)).toBe(true);
      expect((await store.read('replaced/one')).toString()).toBe('after');
      expect((await store.stat('replaced/one'))?.size).toBe(5);
    });

    it('composes bytes, objects and ranges of this store and another, in order', async () => {
      const large = randomBytes(9 * MEBIBYTE + 3);
      await store.put('compose/large', large);
      await test.other.put('far/letters', text('abcdefghij'));
      const result = await store.compose('compose/result', [
        { from: store, key: 'compose/large' },
        { bytes: text('<') },
        { from: test.other, key: 'far/letters', range: { start: 1, end: 3 } },
        { bytes: Buffer.alloc(0) },
        { from: test.other, key: 'far/letters' },
        { from: store, key: 'compose/large', range: { start: 5 * MEBIBYTE, end: 9 * MEBIBYTE + 2 } },
        { bytes: text('>') },
      ]);
      const expected = Buffer.concat([large, text('<bcdabcdefghij'), large.subarray(5 * MEBIBYTE), text('>')]);
      expect(result.size).toBe(expected.length);
      expect((await store.read('compose/result')).equals(expected)).toBe(true);
    });

    it('composes an object of itself, and of nothing', async () => {
      await store.put('compose/self', text('ab'));
      await store.compose('compose/self', [
        { from: store, key: 'compose/self' },
        { from: store, key: 'compose/self' },
      ]);
      expect((await store.read('compose/self')).toString()).toBe('abab');
      expect(await store.compose('compose/nothing', [])).toEqual({ size: 0 });
      expect((await store.stat('compose/nothing'))?.size).toBe(0);
    });

    it('lists by prefix in order of keys, with sizes and times', async () => {
      for (const key of ['list/b', 'list/a/2', 'list/a/10', 'list/b.x', 'list/b-x', 'list/ab', 'listed', 'list/Z']) await store.put(key, text(key));
      expect(await keys('list/')).toEqual(['list/Z', 'list/a/10', 'list/a/2', 'list/ab', 'list/b', 'list/b-x', 'list/b.x']);
      expect(await keys('list')).toEqual(['list/Z', 'list/a/10', 'list/a/2', 'list/ab', 'list/b', 'list/b-x', 'list/b.x', 'listed']);
      expect(await keys('list/a')).toEqual(['list/a/10', 'list/a/2', 'list/ab']);
      expect(await keys('list/a/')).toEqual(['list/a/10', 'list/a/2']);
      for (const key of ['list/a-x', 'list/a.x']) await store.put(key, text(key));
      expect((await keys('list/a')).sort()).toEqual(['list/a-x', 'list/a.x', 'list/a/10', 'list/a/2', 'list/ab']);
      expect(await keys('list/none/')).toEqual([]);
      const [first] = await list('list/Z');
      expect(first).toMatchObject({ key: 'list/Z', size: 6 });
      expect(Math.abs(Date.now() - first!.modified.getTime())).toBeLessThan(60_000);
      await expect(keys('../')).rejects.toMatchObject({ code: 'objects.key-invalid' });
    });

    it('deletes one object, or all below a prefix, as often as asked', async () => {
      for (const key of ['delete/a', 'delete/ab', 'delete/b/1', 'delete/b/2', 'deleted']) await store.put(key, text(key));
      await store.delete('delete/a');
      await store.delete('delete/a');
      // The folder of others is no object.
      await store.delete('delete/b');
      expect(await keys('delete')).toEqual(['delete/ab', 'delete/b/1', 'delete/b/2', 'deleted']);
      await store.deleteAll('delete/b/');
      await store.deleteAll('delete/b/');
      expect(await keys('delete')).toEqual(['delete/ab', 'deleted']);
      await store.deleteAll('delete/a');
      expect(await keys('delete')).toEqual(['deleted']);
      await expect(store.deleteAll('')).rejects.toMatchObject({ code: 'objects.key-invalid' });
    });

    it('takes many puts at once', async () => {
      const numbers = Array.from({ length: 50 }, (_, number) => number);
      await Promise.all(numbers.map((number) => store.put(`many/${number % 7}/${number}`, text(`object ${number}`))));
      for (const number of numbers) expect((await store.read(`many/${number % 7}/${number}`)).toString()).toBe(`object ${number}`);
    });
  });
}
