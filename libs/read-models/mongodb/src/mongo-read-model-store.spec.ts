import { hasMongo, HOW_TO_ENABLE_MONGO, startMongo, type TestEngine } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { MongoDatabase } from '@reprise/mongodb';
import { aRow, readModelStoreContract } from '@reprise/read-models-testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PIECES, readModelCollections, ROWS } from './documents.js';
import { MongoReadModelStore } from './mongo-read-model-store.js';

describe.skipIf(!hasMongo())(`On a MongoDB server (${HOW_TO_ENABLE_MONGO})`, () => {
  let engine: TestEngine;
  let database: MongoDatabase;
  beforeAll(async () => {
    engine = await startMongo();
    database = await MongoDatabase.open({ url: engine.url, database: `test-${newId()}`, modules: [readModelCollections] });
    await database.migrate();
  }, 90_000);
  afterAll(async () => {
    await database?.drop();
    await database?.close();
    await engine?.stop();
  });

  readModelStoreContract('MongoReadModelStore', async () => ({ store: new MongoReadModelStore(database), close: async () => {} }));

  describe('MongoReadModelStore without transactions', () => {
    let app: string;
    /** Two replicas: they know nothing of each other. */
    let one: MongoReadModelStore;
    let other: MongoReadModelStore;
    beforeEach(() => {
      app = newId();
      one = new MongoReadModelStore(database);
      other = new MongoReadModelStore(database);
    });
    const versionOf = async (id: string) => (await one.load(app, 'content', [id])).get(id)?.version;
    const left = (name: string) => database.collection(name).countDocuments({ app });

    it('comes to the same when replicas apply batches that overlap', async () => {
      const batch = (to: number) => ({ from: 0, to, rows: Array.from({ length: 50 }, (_, i) => aRow(`r${i}`, { version: to, state: `"${to}"` })) });
      const results = await Promise.all(
        [one, other].flatMap((store, i) => [store.apply(app, 'contents', batch(5 + i)), store.apply(app, 'contents', batch(5 + i))]),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      const position = await one.position(app, 'contents');
      // Rows may be ahead of the position, never behind it, and never halfway between versions.
      for (const row of (
        await one.load(
          app,
          'content',
          Array.from({ length: 50 }, (_, i) => `r${i}`),
        )
      ).values()) {
        expect(row.version).toBeGreaterThanOrEqual(position);
        expect(row.state).toBe(`"${row.version}"`);
      }
    });

    it('goes on where a process died between rows and position', async () => {
      await one.apply(app, 'contents', { from: 0, to: 1, rows: [aRow('a')] });
      await database.collection<{ _id: string }>('read_models').updateOne({ app }, { $set: { position: 0 } });
      expect(await other.apply(app, 'contents', { from: 0, to: 2, rows: [aRow('a', { version: 1 })] })).toBe(true);
      expect(await versionOf('a')).toBe(1);
    });

    it('leaves nothing of batches that were being applied when the model was discarded', async () => {
      await one.apply(app, 'contents', { from: 0, to: 1, rows: [aRow('a')] });
      const rows = Array.from({ length: 500 }, (_, i) => aRow(`r${i}`, { kind: 'schema' }));
      const late = [one, other].map((store, i) => store.apply(app, 'contents', { from: 1, to: 2 + i, rows }).catch((error: unknown) => error));
      await new MongoReadModelStore(database).discard(app, 'contents');
      await Promise.all(late);
      await one.discard(app, 'contents');
      expect([await left(ROWS), await left(PIECES)]).toEqual([0, 0]);
    });

    it('orders by the bytes of UTF-8, as SQLite does, up and down', async () => {
      const names = ['', ' ', '9', '10', 'A', 'Z', 'a', 'ab', 'z', 'ß', 'ä', 'ﬁ', '\uffee', '𝄞', '💾'];
      const inBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      await one.apply(app, 'contents', { from: 0, to: 1, rows: names.map((name, i) => aRow(`${i}`, { order: name })) });
      const orders = async (descending: boolean) => (await one.find(app, 'content', { skip: 0, take: 99, descending })).rows.map(({ order }) => order);
      expect(await orders(false)).toEqual(inBytes);
      expect(await orders(true)).toEqual(inBytes.toReversed());
      await one.apply(app, 'contents', { from: 1, to: 2, rows: names.filter(Boolean).map((name) => aRow(`id${name}`, { kind: 'schema' })) });
      expect((await one.scan(app, 'schema', { limit: 99 })).map(({ id }) => id)).toEqual(inBytes.filter(Boolean).map((name) => `id${name}`));
    });

    it('compares names by case and by code point', async () => {
      await one.apply(app, 'contents', { from: 0, to: 1, rows: ['a', 'A', 'ä', 'a\u0308'].map((name, i) => aRow(`${i}`, { name })) });
      for (const [i, name] of ['a', 'A', 'ä', 'a\u0308'].entries()) {
        expect((await one.find(app, 'content', { name, skip: 0, take: 9 })).rows.map(({ id }) => id)).toEqual([`${i}`]);
      }
    });

    it('keeps states that no document can hold, and tidies up behind them', async () => {
      const large = (text: string) => JSON.stringify({ text: text.repeat(10 * 1024 * 1024) });
      await one.apply(app, 'contents', { from: 0, to: 1, rows: [aRow('a', { state: large('ä') }), aRow('b')] });
      expect((await one.load(app, 'content', ['a'])).get('a')!.state === large('ä')).toBe(true);
      await one.apply(app, 'contents', { from: 1, to: 2, rows: [aRow('a', { version: 1, state: large('b') })] });
      expect((await one.find(app, 'content', { skip: 0, take: 1 })).rows[0]!.state === large('b')).toBe(true);
      expect(await left(PIECES)).toBe(2);
      await one.apply(app, 'contents', { from: 2, to: 3, rows: [aRow('a', { version: 2, state: '{}' })] });
      expect((await one.load(app, 'content', ['a'])).get('a')).toEqual(aRow('a', { version: 2, state: '{}' }));
      expect(await left(PIECES)).toBe(0);
    });
  });
});
