/** Bytes that an event file of ours has at most: a command that would need more is refused, so that every log can be backed up and restored. */
export const MAX_EVENT_FILE_BYTES = 16 * 1024 ** 2;

/** What a reader puts up with. Checked before anything is inflated. */
export interface ReadLimits {
  /** Entries of an archive, all kinds. */
  maxEntries: number;
  /** Bytes of an archive. */
  maxArchiveBytes: number;
  /** Bytes of an event file, inflated; also of every attachment that is read into memory. */
  maxEventBytes: number;
  /** How many times its compressed size an entry may have inflated, where that is more than 1 MiB. */
  maxRatio: number;
}

export const DEFAULT_LIMITS: ReadLimits = {
  maxEntries: 25_000_000,
  maxArchiveBytes: 64 * 1024 ** 3,
  // A restore can make events a little longer: the app's new name, new addresses of assets.
  maxEventBytes: 2 * MAX_EVENT_FILE_BYTES,
  maxRatio: 200,
};

export const RATIO_COUNTS_FROM = 1024 * 1024;
