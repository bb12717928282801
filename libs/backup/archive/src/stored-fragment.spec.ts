import { Logger, RepriseError } from '@reprise/kernel';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AssetFragmentWriter } from './asset-fragment.js';
import { digestOf, rowDigest, sha256 } from './digests.js';
import type { ArchivedEvent } from './event-types.js';
import { eventFragment } from './event-fragment.js';
import { exportFragments } from './export-fragments.js';
import type { ExportFragments } from './fragment-export.js';
import { decodeFragmentIndex, decodeStoredFragment, encodeFragmentIndex, FRAGMENT_FORMAT } from './fragment-index.js';
import { ArchivePool } from './pool.js';
import { inPages, MODIFIED, sampleLog } from './spec-fixtures.js';
import { findFragment, type FragmentStore, type NewFragment } from './stored-fragment.js';

/** Objects in memory, in a store whose errors are the real one's. */
class MemoryStore {
  readonly objects = new Map<string, Buffer>();

  async put(key: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ size: number }> {
    const chunks: Uint8Array[] = [];
    if (source instanceof Uint8Array) chunks.push(source);
    // A chunk is the source's again once the next is asked for.
    else for await (const chunk of source) chunks.push(Buffer.from(chunk));
    this.objects.set(key, Buffer.concat(chunks));
    return { size: this.objects.get(key)!.length };
  }

  async read(key: string, range?: { start: number; end: number }): Promise<Buffer> {
    const bytes = this.objects.get(key);
    if (!bytes) throw new RepriseError('not-found', 'objects.not-found', `There is no object '${key}'.`);
    if (range && range.start >= bytes.length) throw new RepriseError('invalid', 'objects.range-invalid', 'There are not so many bytes.');
    return Buffer.from(range ? bytes.subarray(range.start, range.end + 1) : bytes);
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  async *chunks(key: string): AsyncGenerator<Buffer> {
    const bytes = await this.read(key);
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }

  async get(key: string): Promise<AsyncIterable<Buffer>> {
    await this.read(key);
    return this.chunks(key);
  }

  flip(key: string, at: number): void {
    this.objects.get(key)![at]! ^= 1;
  }

  cut(key: string): void {
    this.objects.set(key, this.objects.get(key)!.subarray(0, -1));
  }
}

class Warnings extends Logger {
  readonly reasons: unknown[] = [];
  debug(): void {}
  info(): void {}
  error(): void {}
  warn(_: string, fields: Record<string, unknown> = {}): void {
    this.reasons.push(fields['reason']);
  }
}

const pool = new ArchivePool({ threads: 1 });
afterAll(() => pool.destroy());

/** Few events, since it is not they that matter here; each fragment begins with a folder. */
const places = [
  { from: 1, to: 20, key: 'fragments/1' },
  { from: 1_001, to: 1_005, key: 'fragments/2' },
];
let events: ArchivedEvent[];
let archives: MemoryStore;
let assets: MemoryStore;
let warnings: Warnings;
let made: string[];
beforeEach(() => {
  events = sampleLog(1_005);
  archives = new MemoryStore();
  assets = new MemoryStore();
  warnings = new Warnings();
  made = [];
});

function run(make: (range: { from: number; to: number }) => NewFragment, changes: Partial<ExportFragments> = {}) {
  return exportFragments(places, {
    eventAt: async (position) => events[position - 1]!,
    archives,
    assets,
    make: ({ from, to, key }) => {
      made.push(key);
      return make({ from, to });
    },
    alive: async () => undefined,
    logger: warnings,
    ...changes,
  });
}

const exportEvents = (changes: Partial<ExportFragments> = {}) =>
  run(({ from, to }) => eventFragment(inPages(events.slice(from - 1, to), 12), { pool, modified: MODIFIED }), changes);

describe('a fragment that is kept', () => {
  it('is taken over as it is, and told as such', async () => {
    const first = await exportEvents();
    const before = new Map(archives.objects);
    const second = await exportEvents();
    expect(first).toMatchObject({ events: 25, reused: { events: 0, assets: 0 } });
    expect(first.bytes).toBe(['fragments/1', 'fragments/2'].reduce((sum, key) => sum + archives.objects.get(key)!.length, 0));
    expect(second).toEqual({ ...first, reused: { events: 25, assets: 0 } });
    expect(archives.objects).toEqual(before);
    expect(made).toEqual(['fragments/1', 'fragments/2']);
    expect(warnings.reasons).toEqual([]);
  });

  it.each<[string, (store: MemoryStore) => void, RegExp | undefined]>([
    ['has a bit that turned', (store) => store.flip('fragments/1', 1_234), /its bytes/],
    ['was cut off', (store) => store.cut('fragments/1'), /its bytes/],
    ['was emptied', (store) => void store.objects.set('fragments/1', Buffer.alloc(0)), /its bytes/],
    ['is gone', (store) => store.objects.delete('fragments/1'), /no object/],
    ['has no index', (store) => store.objects.delete('fragments/1.index'), undefined],
    ['has an index with a bit that turned', (store) => store.flip('fragments/1.index', 900), /index of a fragment is damaged/],
    ['has an index that was cut off', (store) => store.cut('fragments/1.index'), /index of a fragment is damaged/],
    ['has an empty index', (store) => void store.objects.set('fragments/1.index', Buffer.alloc(0)), /index of a fragment is damaged/],
    ['has the index of another', (store) => void store.objects.set('fragments/1.index', store.objects.get('fragments/2.index')!), /other events/],
  ])('and %s is made again, with a line in the log', async (_, damage, reason) => {
    await exportEvents();
    const before = new Map([...archives.objects].map(([key, bytes]) => [key, Buffer.from(bytes)]));
    damage(archives);
    made = [];
    expect(await exportEvents()).toMatchObject({ events: 25, reused: { events: 5 } });
    expect(made).toEqual(['fragments/1']);
    expect(archives.objects).toEqual(before);
    expect(warnings.reasons).toEqual(reason ? [expect.stringMatching(reason)] : []);
  });

  it('of events that the log does not have any more is made again', async () => {
    await exportEvents();
    events = events.map((event) => (event.position > 1_002 ? { ...event, headers: event.headers.replace('"CommitId":"c', '"CommitId":"d') } : event));
    made = [];
    expect(await exportEvents()).toMatchObject({ reused: { events: 20 } });
    expect(made).toEqual(['fragments/2']);
    expect((await findFragment(archives, 'fragments/2', rowDigest(events.at(-1)!)))?.events).toBe(5);
  });

  it('is left alone while the store is down or nobody wants it', async () => {
    await exportEvents();
    made = [];
    for (const kind of ['unavailable', 'cancelled'] as const) {
      let asked = 0;
      const alive = async () => {
        // The first time before it is looked at, then while it is read.
        if (++asked > 1) throw new RepriseError(kind, 'tests.not-now', 'Not now.');
      };
      await expect(exportEvents({ alive })).rejects.toMatchObject({ code: 'tests.not-now' });
    }
    expect([made, warnings.reasons]).toEqual([[], []]);
  });

  it('is left alone while its index cannot be read', async () => {
    await exportEvents();
    made = [];
    archives.read = async () => {
      throw new RepriseError('unavailable', 'storage.unreachable', 'Away.');
    };
    await expect(exportEvents()).rejects.toMatchObject({ code: 'storage.unreachable' });
    expect([made, warnings.reasons]).toEqual([[], []]);
  });

  it('is not stored as good when the store does not give back what it got', async () => {
    const { put } = archives;
    archives.put = async (key, source) => {
      const result = await put.call(archives, key, source);
      if (key === 'fragments/1') archives.flip(key, 99);
      return result;
    };
    await expect(exportEvents()).rejects.toMatchObject({ kind: 'unavailable', code: 'archive.fragment-damaged' });
    expect([...archives.objects.keys()]).toEqual(['fragments/1']);
  });
});

describe('fragments that are joined', () => {
  const JOINED = 'fragments/1-2';
  const keys = () => [...archives.objects.keys()].sort();
  const joinedKeys = [JOINED, 'fragments/1.index', 'fragments/2.index'];
  const exportJoined = (changes: Partial<ExportFragments> = {}) => exportEvents({ joined: JOINED, ...changes });
  const bytesOf = (key: string) => archives.objects.get(key)!;
  let alone: Buffer;
  beforeEach(async () => {
    await exportEvents();
    alone = Buffer.concat([bytesOf('fragments/1'), bytesOf('fragments/2')]);
    archives.objects.clear();
    made = [];
  });

  it('are the same bytes end to end, in one object, and are taken over as such', async () => {
    const first = await exportJoined();
    expect(first).toMatchObject({ events: 25, reused: { events: 0 } });
    expect(keys()).toEqual(joinedKeys);
    expect(bytesOf(JOINED)).toEqual(alone);
    const put = vi.spyOn(archives, 'put');
    expect(await exportJoined()).toEqual({ ...first, reused: { events: 25, assets: 0 } });
    expect(put).not.toHaveBeenCalled();
    expect([made, warnings.reasons]).toEqual([['fragments/1', 'fragments/2'], []]);
  });

  it('take over those that were kept alone, which are no more then', async () => {
    await exportEvents();
    archives.objects.delete('fragments/2');
    archives.objects.delete('fragments/2.index');
    made = [];
    expect(await exportJoined()).toMatchObject({ events: 25, reused: { events: 20 } });
    expect([made, warnings.reasons, keys()]).toEqual([['fragments/2'], [], joinedKeys]);
    expect(bytesOf(JOINED)).toEqual(alone);
  });

  it.each<[string, () => void, number, RegExp | undefined]>([
    ['the first has a bit that turned', () => archives.flip(JOINED, 1_234), 5, /its bytes/],
    ['the last was cut off', () => archives.cut(JOINED), 20, /its bytes/],
    ['their object is gone', () => archives.objects.delete(JOINED), 0, /no object/],
    ['an index is gone', () => archives.objects.delete('fragments/2.index'), 20, undefined],
    ['the index of the first is gone, so that nobody knows where the second begins', () => archives.objects.delete('fragments/1.index'), 0, /no object/],
  ])('are made again where %s', async (_, damage, reused, reason) => {
    await exportJoined();
    damage();
    made = [];
    expect(await exportJoined()).toMatchObject({ events: 25, reused: { events: reused } });
    expect([bytesOf(JOINED), keys()]).toEqual([alone, joinedKeys]);
    expect(warnings.reasons.length > 0).toBe(reason !== undefined);
    for (const line of warnings.reasons) expect(line).toMatch(reason!);
  });

  it.each([1, 2, 3, 4])('go on from where an attempt ended at its write or delete number %i', async (last) => {
    await exportEvents();
    archives.objects.delete('fragments/2');
    archives.objects.delete('fragments/2.index');
    let left = last;
    const counted = async <Result>(act: () => Promise<Result>): Promise<Result> => {
      if (--left === 0) throw new RepriseError('unavailable', 'tests.killed', 'Killed.');
      return act();
    };
    const dying: FragmentStore = {
      put: (key, source) => counted(() => archives.put(key, source)),
      delete: (key) => counted(() => archives.delete(key)),
      read: (key, range) => archives.read(key, range),
    };
    await expect(exportJoined({ archives: dying })).rejects.toThrow('Killed.');
    expect(await exportJoined()).toMatchObject({ events: 25 });
    expect([keys(), bytesOf(JOINED), warnings.reasons]).toEqual([joinedKeys, alone, []]);
  });

  it('are not good when the store does not give back what it got', async () => {
    const { put } = archives;
    archives.put = async (key, source) => {
      const result = await put.call(archives, key, source);
      archives.flip(key, 99);
      return result;
    };
    await expect(exportJoined()).rejects.toMatchObject({ kind: 'unavailable', code: 'archive.fragment-damaged' });
    expect(keys()).toEqual([JOINED]);
  });
});

describe('a kept fragment of asset files', () => {
  const LARGE = Buffer.alloc(5_000, 'large');
  const files = (lost: boolean) =>
    run(({ from }) => {
      const writer = new AssetFragmentWriter({ modified: MODIFIED });
      const bytes = async function* () {
        if (from > 1) return;
        yield* writer.addAsset({ position: 3, name: 'a_0.asset', content: Buffer.from('small') });
        yield* writer.addExternalAsset({ position: 4, name: 'b_0.asset', key: 'app/large', ...(await digestOf(await assets.get('app/large'))) });
        if (lost) yield* writer.addMissingAsset({ position: 5, name: 'c_0.asset' });
        else yield* writer.addAsset({ position: 5, name: 'c_0.asset', content: Buffer.from('found') });
      };
      return { bytes: bytes(), index: () => writer.index() };
    });
  beforeEach(() => void assets.objects.set('app/large', Buffer.from(LARGE)));

  it('is taken over with the large files that it leaves where they are', async () => {
    const first = await files(false);
    expect(first).toMatchObject({ assets: 3, lostAssets: 0, reused: { assets: 0 }, warnings: [] });
    expect(await files(false)).toEqual({ ...first, reused: { events: 0, assets: 3 } });
    expect(made).toHaveLength(2);
  });

  it.each<[string, () => void]>([
    ['is another now', () => assets.flip('app/large', 4_000)],
    ['was cut off', () => assets.cut('app/large')],
  ])('is made again when a large file %s', async (_, change) => {
    await files(false);
    change();
    made = [];
    expect(await files(false)).toMatchObject({ assets: 3, reused: { assets: 0 } });
    expect(made).toEqual(['fragments/1']);
    expect(warnings.reasons).toEqual([expect.stringContaining('an asset file of it is another now')]);
  });

  it('is made again each time while a file is lost: it may be there again', async () => {
    expect(await files(true)).toMatchObject({ assets: 2, lostAssets: 1, warnings: [expect.stringContaining('c_0.asset')] });
    expect(await files(false)).toMatchObject({ assets: 3, lostAssets: 0, reused: { assets: 0 }, warnings: [] });
    expect(warnings.reasons).toEqual([]);
  });
});

describe('the index of a fragment', () => {
  it('reads back as it was, all of it or without its entries', async () => {
    const fragment = eventFragment(inPages(events.slice(0, 20), 7), { pool, modified: MODIFIED });
    for await (const chunk of fragment.bytes) expect(chunk.length).toBeGreaterThan(0);
    const proof = { sha256: 'abc', lastEvent: 'def' };
    const bytes = encodeFragmentIndex(fragment.index(), proof);
    const { entries, ...summary } = decodeFragmentIndex(bytes);
    expect({ ...summary, entries: [...entries] }).toEqual({ ...fragment.index(), ...proof });
    expect([entries.length, [...entries].length]).toEqual([20, 20]);
    expect(decodeStoredFragment(bytes)).toEqual(summary);
  });

  it('is refused with any byte changed, or of another format', async () => {
    const writer = new AssetFragmentWriter({ modified: MODIFIED });
    writer.addAsset({ position: 1, name: 'ü_0.asset', content: Buffer.from('x') });
    const bytes = encodeFragmentIndex(writer.index(), { sha256: 'abc', lastEvent: 'def' });
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      expect(() => decodeStoredFragment(damaged)).toThrow('The index of a fragment is damaged.');
      expect(() => decodeFragmentIndex(damaged)).toThrow('The index of a fragment is damaged.');
    }
    const body = bytes.toString('latin1').split('\n').slice(1).join('\n').replace(`"format":${FRAGMENT_FORMAT}`, '"format":1');
    expect(() => decodeFragmentIndex(Buffer.from(`${sha256(Buffer.from(body, 'latin1'))}\n${body}`, 'latin1'))).toThrow(
      'The index of a fragment is of another version.',
    );
  });
});
