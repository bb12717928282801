import { hasCode } from '@reprise/kernel';
import { rowDigest } from './digests.js';
import { type DoneFragment, type ExportFragments, type FragmentPlace, orMadeAgain } from './fragment-export.js';
import { indexKey, type StoredFragment } from './fragment-index.js';
import { checkStored, checkWhole, encoding, findFragment, FRAGMENT_CHANGED, type FragmentBytes, hasLostFiles, readFragment } from './stored-fragment.js';

/** What is known of a place before it is filled. */
interface Looked {
  place: FragmentPlace;
  lastEvent: string;
  /** Undefined if it has to be made. */
  kept: { stored: StoredFragment; at: FragmentBytes } | undefined;
}

/**
 * Fragments whose bytes lie end to end in one object: alone they are too small for stores that copy by themselves. What is there already is taken
 * over, from that object or from the object of its own that a fragment had while its segment was open; only what is missing is made.
 */
export async function joinFragments(places: readonly FragmentPlace[], joined: string, options: ExportFragments): Promise<DoneFragment[]> {
  const looked = await lookAt(places, joined, options);
  const isJoined = looked.every(({ kept }) => kept?.at.key === joined);
  const fragments = isJoined ? looked.map(({ kept }) => kept!.stored) : await join(looked, joined, options);
  // Also after an attempt that ended before it came to this.
  for (const { key } of places) await options.archives.delete(key);
  return fragments.map((fragment, index) => ({ fragment, kept: looked[index]!.kept !== undefined }));
}

async function lookAt(places: readonly FragmentPlace[], joined: string, options: ExportFragments): Promise<Looked[]> {
  const looked: Looked[] = [];
  let start: number | undefined = 0;
  for (const place of places) {
    await options.alive();
    const lastEvent = rowDigest(await options.eventAt(place.to));
    const stored = await orMadeAgain(place, options, () => findFragment(options.archives, place.key, lastEvent));
    const shared = start === undefined ? undefined : { key: joined, start };
    const at = stored && !hasLostFiles(stored) ? await whereWhole(place, stored, shared, options) : undefined;
    looked.push({ place, lastEvent, kept: stored && at && { stored, at } });
    start = stored && start !== undefined ? start + stored.bytes : undefined;
  }
  return looked;
}

function whereWhole(
  place: FragmentPlace,
  stored: StoredFragment,
  shared: FragmentBytes | undefined,
  options: ExportFragments,
): Promise<FragmentBytes | undefined> {
  const whole = async (at: FragmentBytes) => {
    await checkWhole(options, at, stored, options.alive);
    return at;
  };
  const alone = { key: place.key, start: 0 };
  return orMadeAgain(place, options, async () => {
    if (!shared) return whole(alone);
    return whole(shared).catch((damage: unknown) => {
      // Not joined yet, or joined by an attempt that didn't come to the indexes.
      if (!hasCode(damage, 'objects.not-found') && !hasCode(damage, FRAGMENT_CHANGED)) throw damage;
      return whole(alone).catch((error: unknown) => {
        throw hasCode(error, 'objects.not-found') ? damage : error;
      });
    });
  });
}

async function join(looked: readonly Looked[], joined: string, options: ExportFragments): Promise<StoredFragment[]> {
  const { archives, alive, make } = options;
  const fragments: StoredFragment[] = [];
  const indexes: { key: string; index: Buffer }[] = [];
  const bytes = async function* () {
    for (const { place, lastEvent, kept } of looked) {
      await alive();
      if (kept) {
        yield* readFragment(archives, kept.at, kept.stored.bytes);
        fragments.push(kept.stored);
        continue;
      }
      yield* encoding(make(place), lastEvent, ({ stored, index }) => {
        fragments.push(stored);
        indexes.push({ key: indexKey(place.key), index });
      });
    }
  };
  await archives.put(joined, bytes());
  let start = 0;
  for (const fragment of fragments) {
    await checkStored(archives, { key: joined, start }, fragment);
    start += fragment.bytes;
  }
  for (const { key, index } of indexes) await archives.put(key, index);
  return fragments;
}
