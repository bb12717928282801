/** What a reader puts up with. Checked before anything is inflated. */
export interface ReadLimits {
  /** Entries of an archive, all kinds. */
  maxEntries: number;
  /** Bytes of an archive. */
  maxArchiveBytes: number;
  /** Bytes of an event file, inflated; also of every small attachment, which is read into memory. */
  maxEventBytes: number;
  /** How many times its compressed size an entry may have inflated, where that is more than 1 MiB. */
  maxRatio: number;
}

/** The one place of these figures: settings, downloads and uploads take them from here. */
export const DEFAULT_LIMITS: ReadLimits = {
  maxEntries: 25_000_000,
  maxArchiveBytes: 64 * 1024 ** 3,
  maxEventBytes: 16 * 1024 ** 2,
  maxRatio: 200,
};

export const RATIO_COUNTS_FROM = 1024 * 1024;

/** What deflates better than this, beyond {@link RATIO_COUNTS_FROM}, is stored: it would look like a bomb to a careful reader, ours included. */
export const HIGHEST_WRITTEN_RATIO = 150;

/**
 * Bytes that the event file of a command may have where readers take `maxEventBytes`. A sixteenth is left for what a restore puts in (the
 * app's new name, ids of users, addresses of assets), so that every app can be backed up, restored and backed up again.
 */
export function maxWrittenEventBytes(maxEventBytes: number): number {
  return maxEventBytes - Math.floor(maxEventBytes / 16);
}
