import { type Logger, toRepriseError } from '@reprise/kernel';
import type { ArchivedEvent } from './event-types.js';
import type { StoredFragment } from './fragment-index.js';
import type { FileStore, FragmentStore, NewFragment } from './stored-fragment.js';

/** App positions, both included, and where their fragment lies in the archive store; its index lies at `{key}.index`. */
export interface FragmentPlace {
  from: number;
  to: number;
  key: string;
}

export interface ExportFragments {
  /** The object in which the fragments' bytes shall lie end to end. @default each has an object of its own, at its key */
  joined?: string | undefined;
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

export interface DoneFragment {
  fragment: StoredFragment;
  /** It was there from before. */
  kept: boolean;
}

/** Whatever is wrong with it, the log can make it anew; but not while the store is down or the job is no longer wanted. */
export async function orMadeAgain<Found>(
  place: FragmentPlace,
  { logger }: Pick<ExportFragments, 'logger'>,
  look: () => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await look();
  } catch (thrown) {
    const error = toRepriseError(thrown);
    if (error.kind === 'unavailable' || error.kind === 'cancelled') throw thrown;
    logger.warn('A kept part of a backup is damaged, so it is made again.', { key: place.key, reason: error.message });
    return undefined;
  }
}
