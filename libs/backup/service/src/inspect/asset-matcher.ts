import type { ArchiveReader, AssetFile, AssetImportItem, ArchiveEntry } from '@reprise/backup-archive';

/**
 * Which entry belongs to which event. A name may stand several times (ids that differ in case alone, re-created ids): the entries
 * belong to their events in order, and where one is missing the size tells which.
 */
export class AssetMatcher {
  /** Offsets of entries that have found their event. */
  private readonly used = new Set<number>();
  missing = 0;

  constructor(
    private readonly reader: Pick<ArchiveReader, 'attachments'>,
    private readonly digests: ReadonlyMap<number, string>,
  ) {}

  match({ position, assetId, name, fileSize, fileHash }: AssetFile): AssetImportItem {
    const entry = this.find(name, fileSize);
    if (entry) this.used.add(entry.offset);
    // An empty entry is how a missing file is told; of an empty file it is the file.
    const file = entry && (entry.size > 0 || fileSize === 0) ? entry : null;
    if (!file) this.missing++;
    const sha256 = this.digests.get(position);
    return { position, assetId, name, fileSize, fileHash, entry: file, ...(sha256 !== undefined && file ? { sha256 } : {}) };
  }

  private find(name: string, fileSize: number | null): ArchiveEntry | undefined {
    const free = this.reader.attachments(name).filter((entry) => !this.used.has(entry.offset));
    return free.find((entry) => entry.size === fileSize) ?? free.find((entry) => entry.size === 0) ?? free[0];
  }
}
