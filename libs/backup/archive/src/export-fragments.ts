import { rowDigest } from './digests.js';
import { type DoneFragment, type ExportFragments, type FragmentPlace, orMadeAgain } from './fragment-export.js';
import { joinFragments } from './join-fragments.js';
import { checkWhole, findFragment, hasLostFiles, storeFragment } from './stored-fragment.js';

/** What an export did, as segments report it. */
export interface Exported {
  events: number;
  assets: number;
  lostAssets: number;
  bytes: number;
  /** How much of it was there from before. */
  reused: { events: number; assets: number };
  warnings: string[];
}

/**
 * Sees to it that the fragments lie at their places, whole: those that an earlier attempt or backup left are checked, the others made. Errors:
 * `archive.fragment-damaged` (unavailable), what `eventAt`, `make` and `alive` throw, `storage.*`.
 */
export async function exportFragments(places: readonly FragmentPlace[], options: ExportFragments): Promise<Exported> {
  const all: Exported = { events: 0, assets: 0, lostAssets: 0, bytes: 0, reused: { events: 0, assets: 0 }, warnings: [] };
  const done = options.joined === undefined ? await eachAlone(places, options) : await joinFragments(places, options.joined, options);
  for (const { fragment, kept } of done) {
    const lost = fragment.assetDigests.filter(({ missing }) => missing).length;
    all.events += fragment.events;
    all.assets += fragment.assets - lost;
    all.lostAssets += lost;
    all.bytes += fragment.length;
    for (const warning of fragment.warnings) all.warnings.push(warning);
    if (!kept) continue;
    all.reused.events += fragment.events;
    all.reused.assets += fragment.assets;
  }
  return all;
}

async function eachAlone(places: readonly FragmentPlace[], options: ExportFragments): Promise<DoneFragment[]> {
  const done: DoneFragment[] = [];
  for (const place of places) {
    await options.alive();
    const lastEvent = rowDigest(await options.eventAt(place.to));
    const kept = await orMadeAgain(place, options, async () => {
      const stored = await findFragment(options.archives, place.key, lastEvent);
      if (!stored || hasLostFiles(stored)) return undefined;
      await checkWhole(options, { key: place.key, start: 0 }, stored, options.alive);
      return stored;
    });
    done.push({ fragment: kept ?? (await storeFragment(options.archives, place.key, options.make(place), lastEvent)), kept: kept !== undefined });
  }
  return done;
}
