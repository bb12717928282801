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
  maxEventBytes: 16 * 1024 ** 2,
  maxRatio: 200,
};

export const RATIO_COUNTS_FROM = 1024 * 1024;
