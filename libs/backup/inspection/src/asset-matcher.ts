import {
  type ArchiveEntry,
  type ArchiveReader,
  type AssetDigest,
  type AssetFile,
  type AssetImportItem,
  attachmentPath,
  shownName,
} from '@reprise/backup-archive';
import { RepriseError } from '@reprise/kernel';
import { RepeatedEntries } from './repeated-entries.js';

/**
 * Which entry belongs to which event. A name may stand several times (ids that differ in case alone, re-created ids): the entries
 * belong to their events in order, and where one is missing the size tells which.
 */
export class AssetMatcher {
  /** Offsets of entries that have found their event. */
  private readonly used = new Set<number>();
  /** By path. A hostile archive may hold a name a million times: they are looked up once. */
  private readonly repeated = new Map<string, RepeatedEntries>();
  missing = 0;

  constructor(
    private readonly reader: Pick<ArchiveReader, 'entryList'>,
    /** What the manifest says, by position of the event; empty without one. */
    private readonly digests: ReadonlyMap<number, Pick<AssetDigest, 'sha256' | 'missing'>>,
  ) {}

  /** Error `archive.manifest-mismatch` (corrupt): the file was there when the archive was written. */
  match({ position, assetId, name, fileSize, fileHash }: AssetFile): AssetImportItem {
    const entry = this.take(name, fileSize);
    // An empty entry is how a missing file is told; of an empty file it is the file.
    const file = entry && (entry.size > 0 || fileSize === 0) ? entry : null;
    const digest = this.digests.get(position);
    const item = { position, assetId, name, fileSize, fileHash, entry: file };
    // One that the manifest calls lost must not come back either: its digest is that of no bytes.
    if (file) return digest ? { ...item, sha256: digest.sha256 } : item;
    this.missing++;
    if (!digest) return item;
    if (digest.missing) return { ...item, lostBefore: true };
    throw new RepriseError(
      'corrupt',
      'archive.manifest-mismatch',
      `The file ${shownName(name)} is in the manifest, but not in the archive, or empty. The archive was changed after it was written, or is damaged.`,
    );
  }

  private take(name: string, fileSize: number): ArchiveEntry | undefined {
    const path = attachmentPath(name);
    const known = this.repeated.get(path);
    if (known) return known.take(fileSize);
    const entries = this.reader.entryList(name);
    if (entries.length > 1) {
      const repeated = new RepeatedEntries(entries);
      this.repeated.set(path, repeated);
      return repeated.take(fileSize);
    }
    if (entries.length === 0) return undefined;
    const entry = entries.entry(0);
    if (this.used.has(entry.offset)) return undefined;
    this.used.add(entry.offset);
    return entry;
  }
}
