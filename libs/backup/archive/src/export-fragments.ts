import { type Logger, toRepriseError } from '@reprise/kernel';
import { rowDigest } from './digests.js';
import type { ArchivedEvent } from './event-types.js';
import type { StoredFragment } from './fragment-index.js';
import { storeFragment, wholeFragment, type FileStore, type FragmentStore, type NewFragment } from './stored-fragment.js';

/** App positions, both included, and where their fragment lies in the archive store. */
export interface FragmentPlace {
  from: number;
  to: number;
  key: string;
}

export interface ExportFragments {
  /** The log's event at a position. */
  eventAt: (position: number) => Promise<ArchivedEvent>;
  archives: FragmentStore;
  /** For fragments of asset files. */
  assets?: FileStore;
  make: (place: FragmentPlace) => NewFragment;
  /** Throws when nobody wants the fragments any more. */
  alive: () => Promise<void>;
  /** Told why a fragment that was there is made again. */
  logger: Logger;
}

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
  for (const place of places) {
    await options.alive();
    const lastEvent = rowDigest(await options.eventAt(place.to));
    const kept = await keptFragment(place, lastEvent, options);
    const fragment = kept ?? (await storeFragment(options.archives, place.key, options.make(place), lastEvent));
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

/** Whatever is wrong with it, the log can make it anew; but not while the store is down or the job is no longer wanted. */
async function keptFragment(place: FragmentPlace, lastEvent: string, options: ExportFragments): Promise<StoredFragment | undefined> {
  try {
    return await wholeFragment(options, place.key, lastEvent, options.alive);
  } catch (thrown) {
    const error = toRepriseError(thrown);
    if (error.kind === 'unavailable' || error.kind === 'cancelled') throw thrown;
    options.logger.warn('A kept part of a backup is damaged, so it is made again.', { key: place.key, reason: error.message });
    return undefined;
  }
}
