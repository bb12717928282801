import { createHash } from 'node:crypto';
import { hasCode, release, RepriseError } from '@reprise/kernel';
import { corrupt } from './errors.js';
import { decodeStoredFragment, encodeFragmentIndex, type FragmentIndex, indexKey, type StoredFragment } from './fragment-index.js';

/** A fragment that is being made. */
export interface NewFragment {
  /** The fragment's bytes; to be read once, to the end. */
  bytes: AsyncIterable<Uint8Array>;
  /** Once the bytes have ended. */
  index: () => FragmentIndex;
}

/** As much of the archive store as fragments need. */
export interface FragmentStore {
  delete(key: string): Promise<void>;
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

/** Where a fragment's bytes lie: an object of its own, or one that it shares with its neighbours. */
export interface FragmentBytes {
  key: string;
  start: number;
}

/**
 * Stores a fragment and, last, its index: where that lies, the fragment is whole. It is read back once: a store that lost or turned a bit is found
 * out while the log can still make it anew. Error `archive.fragment-damaged` (unavailable: trying again can help).
 */
export async function storeFragment(store: FragmentStore, key: string, fragment: NewFragment, lastEvent: string): Promise<StoredFragment> {
  let done: EncodedFragment | undefined;
  await store.put(
    key,
    encoding(fragment, lastEvent, (encoded) => (done = encoded)),
  );
  await checkStored(store, { key, start: 0 }, done!.stored);
  await store.put(indexKey(key), done!.index);
  return done!.stored;
}

/** A fragment whose bytes are written. */
export interface EncodedFragment {
  stored: StoredFragment;
  /** To be stored beside them. */
  index: Buffer;
}

/** A new fragment's bytes; `done` is called when the last was taken. */
export async function* encoding(fragment: NewFragment, lastEvent: string, done: (encoded: EncodedFragment) => void): AsyncGenerator<Uint8Array> {
  const written = createHash('sha256');
  for await (const chunk of fragment.bytes) {
    written.update(chunk);
    yield chunk;
    release(chunk);
  }
  const { entries, ...summary } = fragment.index();
  const proof = { sha256: written.digest('hex'), lastEvent };
  done({ stored: { ...summary, ...proof }, index: encodeFragmentIndex({ entries, ...summary }, proof) });
}

/** Reads back what was written. Error `archive.fragment-damaged` (unavailable: trying again can help). */
export async function checkStored(store: FragmentStore, at: FragmentBytes, { bytes, sha256 }: StoredFragment): Promise<void> {
  if ((await sha256Of(readFragment(store, at, bytes))) === sha256) return;
  throw new RepriseError(
    'unavailable',
    'archive.fragment-damaged',
    'A part of the backup was not stored as it was written. Check the disk or store of the archives.',
  );
}

/**
 * What is known of the fragment at `key`; undefined if there is none. Its index is as it was written, and the log's event at its end the one that it
 * was made of: a database that was set back goes on with other events under the same positions. Errors (corrupt): `archive.fragment-index-invalid`,
 * `archive.fragment-changed`.
 */
export async function findFragment(archives: Pick<FragmentStore, 'read'>, key: string, lastEvent: string): Promise<StoredFragment | undefined> {
  const index = await archives.read(indexKey(key)).catch((error: unknown) => {
    if (hasCode(error, 'objects.not-found')) return undefined;
    throw error;
  });
  const stored = index && decodeStoredFragment(index);
  if (stored && stored.lastEvent !== lastEvent) throw changed('the log has other events in its place');
  return stored;
}

/** Whether files of the fragment were lost: they may be there again. */
export function hasLostFiles({ assetDigests }: StoredFragment): boolean {
  return assetDigests.some(({ missing }) => missing);
}

/**
 * Whether an archive can be made of the fragment whose bytes lie there: every one of them, and of the asset files that it leaves where they are, is
 * as it was. Errors: `archive.fragment-changed` (corrupt), what reading throws.
 */
export async function checkWhole(
  stores: { archives: Pick<FragmentStore, 'read'>; assets?: FileStore | undefined },
  at: FragmentBytes,
  stored: StoredFragment,
  alive: Alive,
): Promise<void> {
  if ((await sha256Of(readFragment(stores.archives, at, stored.bytes), alive)) !== stored.sha256) throw changed('its bytes are not those that were written');
  for (const piece of stored.pieces) {
    if (!('external' in piece)) continue;
    if (!stores.assets || (await sha256Of(await stores.assets.get(piece.external), alive)) !== piece.sha256)
      throw changed('an asset file of it is another now');
  }
}

/** Of the error that tells of a fragment which isn't there any more as it was made. */
export const FRAGMENT_CHANGED = 'archive.fragment-changed';

function changed(why: string): RepriseError {
  return corrupt('fragment-changed', `A kept fragment can't be taken over: ${why}.`);
}

/** As many bytes as there should be, or as there are. */
export async function* readFragment(store: Pick<FragmentStore, 'read'>, { key, start: from }: FragmentBytes, size: number): AsyncGenerator<Buffer> {
  for (let start = from; start < from + size; start += READ_BYTES) {
    const bytes = await store.read(key, { start, end: Math.min(from + size, start + READ_BYTES) - 1 }).catch((error: unknown) => {
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
