import { newId } from '@reprise/kernel';
import type { ReadModelStore, ReadRow } from '@reprise/read-models-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface StoreUnderTest {
  store: ReadModelStore;
  close(): Promise<void>;
}

/** A row of a content that is shown; `parts` say what is different. */
export function aRow(id: string, parts: Partial<ReadRow> = {}): ReadRow {
  return { kind: 'content', id, version: 0, parent: null, name: null, order: id, visible: true, published: true, state: `{"id":"${id}"}`, ...parts };
}

/** What every adapter of the read model store promises. */
export function readModelStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a read model store`, () => {
    let subject: StoreUnderTest;
    let store: ReadModelStore;
    let app: string;
    beforeEach(async () => {
      subject = await open();
      store = subject.store;
      app = newId();
    });
    afterEach(() => subject.close());

    let at = 0;
    beforeEach(() => void (at = 0));
    /** Applies rows as the next batch. */
    const put = async (...rows: ReadRow[]) => expect(await store.apply(app, 'contents', { from: at, to: ++at, rows })).toBe(true);
    const idsOf = async (query: Partial<Parameters<ReadModelStore['find']>[2]>, kind = 'content') => {
      const { total, rows } = await store.find(app, kind, { skip: 0, take: 100, ...query });
      return { total, ids: rows.map((row) => row.id) };
    };

    describe('scanning', () => {
      it('walks all rows of a kind once, hidden ones too, page by page', async () => {
        const ids = ['ä', 'b', 'Z', '10', '9', '𝄞', 'ﬁ', 'a'];
        await put(...ids.map((id, i) => aRow(id, { visible: i % 2 === 0 })), aRow('b', { kind: 'schema' }));
        const seen: ReadRow[] = [];
        for (let after: string | undefined; ;) {
          const rows = await store.scan(app, 'content', { limit: 3, ...(after === undefined ? {} : { after }) });
          seen.push(...rows);
          if (rows.length < 3) break;
          after = rows.at(-1)!.id;
        }
        expect(seen.map(({ id }) => id).sort()).toEqual([...ids].sort());
        expect(seen.find(({ id }) => id === 'b')).toEqual(aRow('b', { visible: false }));
        expect(await store.scan(newId(), 'content', { limit: 3 })).toEqual([]);
      });
    });

    describe('applying', () => {
      it('moves rows and position together, and shows them at once', async () => {
        expect(await store.position(app, 'contents')).toBe(0);
        const row = aRow('a', { parent: 'p', name: 'n', visible: false, published: false });
        expect(await store.apply(app, 'contents', { from: 0, to: 7, rows: [row] })).toBe(true);
        expect(await store.position(app, 'contents')).toBe(7);
        expect(await store.load(app, 'content', ['a', 'b'])).toEqual(new Map([['a', row]]));
      });

      it('takes nothing of a batch that does not start where the model stands', async () => {
        await store.apply(app, 'contents', { from: 0, to: 7, rows: [] });
        for (const from of [0, 6, 8]) expect(await store.apply(app, 'contents', { from, to: 9, rows: [aRow('a')] })).toBe(false);
        expect(await store.position(app, 'contents')).toBe(7);
        expect(await store.load(app, 'content', ['a'])).toEqual(new Map());
      });

      it('lets one of two appliers through', async () => {
        const results = await Promise.all([1, 2].map((n) => store.apply(app, 'contents', { from: 0, to: 5, rows: [aRow('a', { state: `${n}` })] })));
        expect(results.filter(Boolean)).toHaveLength(1);
        expect((await store.load(app, 'content', ['a'])).get('a')!.state).toBe(results[0] ? '1' : '2');
      });

      it('replaces a row by a newer version, never by an older one', async () => {
        await put(aRow('a', { version: 3, state: '3' }));
        await put(aRow('a', { version: 2, state: '2' }));
        expect((await store.load(app, 'content', ['a'])).get('a')!.state).toBe('3');
        await put(aRow('a', { version: 4, state: '4', parent: 'p', name: 'n', order: 'o', visible: false, published: false }));
        expect((await store.load(app, 'content', ['a'])).get('a')).toEqual(
          aRow('a', { version: 4, state: '4', parent: 'p', name: 'n', order: 'o', visible: false, published: false }),
        );
      });

      it('keeps models, kinds and apps apart', async () => {
        await put(aRow('a'), aRow('a', { kind: 'schema' }));
        await store.apply('other', 'contents', { from: 0, to: 3, rows: [aRow('b')] });
        await store.apply(app, 'assets', { from: 0, to: 9, rows: [aRow('c', { kind: 'asset' })] });
        expect([await store.position(app, 'contents'), await store.position('other', 'contents'), await store.position(app, 'assets')]).toEqual([1, 3, 9]);
        expect(await idsOf({})).toEqual({ total: 1, ids: ['a'] });
        expect(await idsOf({}, 'schema')).toEqual({ total: 1, ids: ['a'] });
        expect(await idsOf({}, 'asset')).toEqual({ total: 1, ids: ['c'] });
      });

      it('keeps states to the letter, and escapes half characters', async () => {
        await put(aRow('a', { state: '{"n":1.0,"t":"\ud800 𝄞 \\u0022"}', name: 'x\ud800', order: '\udc00' }));
        expect((await store.load(app, 'content', ['a'])).get('a')!.state).toBe('{"n":1.0,"t":"\\uD800 𝄞 \\u0022"}');
        expect(await idsOf({ name: 'x\ud800' })).toEqual({ total: 1, ids: ['a'] });
      });

      it('takes thousands of rows at once', async () => {
        await put(...Array.from({ length: 3000 }, (_, i) => aRow(`r${i}`)));
        expect(
          (
            await store.load(
              app,
              'content',
              Array.from({ length: 3000 }, (_, i) => `r${i}`),
            )
          ).size,
        ).toBe(3000);
        expect(await store.count(app, 'contents')).toEqual({ content: { visible: 3000, hidden: 0 } });
      });
    });

    describe('finding', () => {
      beforeEach(() =>
        put(
          aRow('1', { order: 'b', parent: 'p', name: 'one' }),
          aRow('2', { order: 'a', parent: 'p', name: 'two', published: false }),
          aRow('3', { order: 'c', parent: 'q', name: 'one' }),
          aRow('4', { order: 'd', parent: 'p', name: 'one', visible: false }),
          aRow('5', { order: 'b', parent: 'p' }),
        ),
      );

      it('lists visible rows by order, then id', async () => {
        expect(await idsOf({})).toEqual({ total: 4, ids: ['2', '1', '5', '3'] });
        expect(await idsOf({ descending: true })).toEqual({ total: 4, ids: ['3', '5', '1', '2'] });
      });

      it('pages, and tells the total', async () => {
        expect(await idsOf({ skip: 1, take: 2 })).toEqual({ total: 4, ids: ['1', '5'] });
        expect(await idsOf({ skip: 9 })).toEqual({ total: 4, ids: [] });
        expect(await idsOf({ take: 0 })).toEqual({ total: 4, ids: [] });
      });

      it('finds by parent, name, ids and what is published, together too', async () => {
        expect(await idsOf({ parent: 'p' })).toEqual({ total: 3, ids: ['2', '1', '5'] });
        expect(await idsOf({ name: 'one' })).toEqual({ total: 2, ids: ['1', '3'] });
        expect(await idsOf({ ids: ['5', '4', '2', 'none'] })).toEqual({ total: 2, ids: ['2', '5'] });
        expect(await idsOf({ publishedOnly: true })).toEqual({ total: 3, ids: ['1', '5', '3'] });
        expect(await idsOf({ parent: 'p', name: 'one', ids: ['1', '3'], publishedOnly: true })).toEqual({ total: 1, ids: ['1'] });
        expect(await idsOf({ ids: [] })).toEqual({ total: 0, ids: [] });
      });

      it('finds nothing where there is nothing', async () => {
        expect(await store.find('nobody', 'content', { skip: 0, take: 10 })).toEqual({ total: 0, rows: [] });
        expect(await store.load('nobody', 'content', ['1'])).toEqual(new Map());
        expect(await store.count('nobody', 'contents')).toEqual({});
      });

      it('counts what is visible and not', async () => {
        expect(await store.count(app, 'contents')).toEqual({ content: { visible: 4, hidden: 1 } });
      });
    });

    describe('discarding', () => {
      it('removes all of the model and refuses what comes late', async () => {
        await put(...Array.from({ length: 2500 }, (_, i) => aRow(`r${i}`)), aRow('s', { kind: 'schema', visible: false }));
        await store.apply(app, 'assets', { from: 0, to: 9, rows: [aRow('c', { kind: 'asset' })] });
        await store.discard(app, 'contents');
        await store.discard(app, 'contents');
        expect(await store.position(app, 'contents')).toBe(0);
        expect(await idsOf({})).toEqual({ total: 0, ids: [] });
        expect(await store.count(app, 'contents')).toEqual({});
        expect(await store.count(app, 'assets')).toEqual({ asset: { visible: 1, hidden: 0 } });
        await expect(store.apply(app, 'contents', { from: 0, to: 1, rows: [] })).rejects.toMatchObject({ kind: 'conflict', code: 'read-models.discarded' });
      });

      it('also refuses for an app that never was', async () => {
        await store.discard(app, 'contents');
        await expect(store.apply(app, 'contents', { from: 0, to: 1, rows: [] })).rejects.toMatchObject({ code: 'read-models.discarded' });
      });
    });
  });
}
