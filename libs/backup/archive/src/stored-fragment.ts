import { createHash } from 'node:crypto';
import { release } from '@reprise/event-store-core';
import { hasCode, RepriseError } from '@reprise/kernel';
import { corrupt } from './errors.js';
import { decodeStoredFragment, encodeFragmentIndex, type FragmentIndex, type StoredFragment } from './fragment-index.js';

/** A fragment that is being made. */
export interface NewFragment {
  /** The fragment's bytes; to be read once, to the end. */
  bytes: AsyncIterable<Uint8Array>;
  /** Once the bytes have ended. */
  index: () => FragmentIndex;
}

/** As much of the archive store as fragments need. */
export interface FragmentStore {
  put(key: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ size: number }>;
  read(key: string, range?: { start: number; end: number }): Promise<Buffer>;
}

/** Where asset files lie that are in no fragment. */
export interface FileStore {
  get(key: string): Promise<AsyncIterable<unknown>>;
}

/** Most fragments are read in one go. */
const READ_BYTES = 4 * 1024 * 1024;

type Alive = () => Promise<void>;

/**
 * Stores a fragment and, last, its index: where that lies, the fragment is whole. It is read back once: a store that lost or turned a bit is found
 * out while the log can still make it anew. Error `archive.fragment-damaged` (unavailable: trying again can help).
 */
export async function storeFragment(store: FragmentStore, key: string, fragment: NewFragment, lastEvent: string): Promise<StoredFragment> {
  const written = createHash('sha256');
  const { size } = await store.put(key, hashing(fragment.bytes));
  const sha256 = written.digest('hex');
  if ((await sha256Of(readAll(store, key, size))) !== sha256) {
    throw new RepriseError(
      'unavailable',
      'archive.fragment-damaged',
      'A part of the backup was not stored as it was written. Check the disk or store of the archives.',
    );
  }
  const { entries, ...summary } = fragment.index();
  const proof = { sha256, lastEvent };
  await store.put(`${key}.index`, encodeFragmentIndex({ entries, ...summary }, proof));
  return { ...summary, ...proof };

  async function* hashing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      written.update(chunk);
      yield chunk;
      release(chunk);
    }
  }
}

/**
 * What is known of the fragment at `key`; undefined if there is none. Its index is as it was written, and the log's event at its end the one that it
 * was made of: a database that was set back goes on with other events under the same positions. Errors (corrupt): `archive.fragment-index-invalid`,
 * `archive.fragment-changed`.
 */
export async function findFragment(archives: Pick<FragmentStore, 'read'>, key: string, lastEvent: string): Promise<StoredFragment | undefined> {
  const index = await archives.read(`${key}.index`).catch((error: unknown) => {
    if (hasCode(error, 'objects.not-found')) return undefined;
    throw error;
  });
  const stored = index && decodeStoredFragment(index);
  if (stored && stored.lastEvent !== lastEvent) throw changed('the log has other events in its place');
  return stored;
}

/**
 * The fragment at `key` as {@link findFragment} finds it, if an archive can be made of it: every byte of it, and of the asset files that it leaves
 * where they are, is as it was. Undefined also for one with lost files, which may be there again. Errors: besides those, what reading throws.
 */
export async function wholeFragment(
  stores: { archives: FragmentStore; assets?: FileStore | undefined },
  key: string,
  lastEvent: string,
  alive: Alive,
): Promise<StoredFragment | undefined> {
  const stored = await findFragment(stores.archives, key, lastEvent);
  if (!stored || stored.assetDigests.some(({ missing }) => missing)) return undefined;
  if ((await sha256Of(readAll(stores.archives, key, stored.bytes), alive)) !== stored.sha256) throw changed('its bytes are not those that were written');
  for (const piece of stored.pieces) {
    if (!('external' in piece)) continue;
    if (!stores.assets || (await sha256Of(await stores.assets.get(piece.external), alive)) !== piece.sha256)
      throw changed('an asset file of it is another now');
  }
  return stored;
}

function changed(why: string): RepriseError {
  return corrupt('fragment-changed', `A kept fragment can't be taken over: ${why}.`);
}

/** As many bytes as there should be, or as there are. */
async function* readAll(store: Pick<FragmentStore, 'read'>, key: string, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < size; start += READ_BYTES) {
    const bytes = await store.read(key, { start, end: Math.min(size, start + READ_BYTES) - 1 }).catch((error: unknown) => {
      if (hasCode(error, 'objects.range-invalid')) return undefined;
      throw error;
    });
    if (!bytes) return;
    yield bytes;
  }
}

async function sha256Of(source: AsyncIterable<unknown>, alive: Alive = async () => undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source) {
    await alive();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest('hex');
}
