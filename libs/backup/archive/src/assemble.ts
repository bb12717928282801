import { countIn, noCounts } from './counts.js';
import { encodeEntry } from './deflate.js';
import { sha256, type AssetDigest, type AttachmentDigest, type FolderDigest } from './digests.js';
import type { FragmentIndex, FragmentPiece } from './fragment-index.js';
import { attachmentPath } from './layout.js';
import { manifestFiles, rootOf, type Manifest } from './manifest.js';
import { dosTime, endRecords, LARGEST_CENTRAL, writeCentralHeader, ZIP64_LIMITS, type EntryRecord, type Zip64Limits } from './zip-format.js';

/** A part of an archive, in the order in which they shall stand in it. */
export type ArchivePart =
  /**
   * Key of a fragment; its index lies at `{key}.index`. Its bytes are the object of that key, or the next ones of an object in which it is joined
   * with its neighbours.
   */
  | { fragment: string; joined?: string | undefined }
  /** An attachment at hand, by its name (`version.json`). */
  | { name: string; content: Uint8Array | string }
  /** Where the files of the manifest go. */
  | { manifest: true };

/** Bytes of an archive: at hand, or of an object. */
export type ArchivePiece = { bytes: Uint8Array } | ObjectPiece;
export interface ObjectPiece {
  store: 'archives' | 'assets';
  key: string;
  start: number;
  length: number;
}

export interface ArchivePlan {
  /** Everything before the directory, end to end. */
  pieces: ArchivePiece[];
  /** Directory and end records, which come last. Made anew each time, fragment by fragment, so that it takes no memory. */
  directory: () => AsyncIterable<Uint8Array>;
  /** Bytes of the pieces: where the directory begins. */
  length: number;
  entries: number;
  manifest: Manifest;
}

export interface PlanArchive {
  parts: readonly ArchivePart[];
  /** Time of the entries that are made here. */
  modified: Date;
  app: Manifest['app'];
  cut: Manifest['cut'];
  tool: string;
  /** Reads a fragment's index; called once for each fragment, and again for each reading of the directory. */
  loadIndex: (fragmentKey: string) => Promise<FragmentIndex>;
  limits?: Zip64Limits;
}

/** Something that stands in the archive from an offset on. */
type Placed = { offset: number } & ({ fragment: string } | { record: Omit<EntryRecord, 'offset'> });

const CHUNK = 256 * 1024;

/** Lays an archive out: what it is composed of, its manifest and its directory. */
export async function planArchive(options: PlanArchive): Promise<ArchivePlan> {
  const { limits = ZIP64_LIMITS, loadIndex } = options;
  const time = dosTime(options.modified);
  const survey = await surveyParts(options);
  const manifest = manifestOf(options, survey);
  const files = manifestFiles({ manifest, folders: survey.folders, assets: survey.assets });

  const pieces: ArchivePiece[] = [];
  const placed: Placed[] = [];
  /** Up to where joined objects are used. */
  const ends = new Map<string, number>();
  let offset = 0;
  let entries = 0;
  const addEntry = (name: string, content: Uint8Array | string) => {
    const { record, header, data } = encodeEntry(attachmentPath(name), Buffer.from(content), { time, limits });
    pieces.push({ bytes: Buffer.concat([header, data]) });
    placed.push({ offset, record });
    offset += header.length + data.length;
    entries++;
  };
  for (const part of options.parts) {
    if ('manifest' in part) {
      for (const file of files) addEntry(file.name, file.content);
    } else if ('name' in part) {
      addEntry(part.name, part.content);
    } else {
      const fragment = survey.fragments.get(part.fragment)!;
      const { joined } = part;
      const start = joined === undefined ? 0 : (ends.get(joined) ?? 0);
      if (joined !== undefined) ends.set(joined, start + fragment.bytes);
      pieces.push(...fragmentPieces(joined ?? part.fragment, start, fragment.pieces));
      placed.push({ offset, fragment: part.fragment });
      offset += fragment.length;
      entries += fragment.entries;
    }
  }

  const directory = () => directoryOf(placed, { offset, entries }, { time, limits, loadIndex });
  return { pieces, directory, length: offset, entries, manifest };
}

interface Survey {
  fragments: Map<string, { pieces: FragmentPiece[]; bytes: number; length: number; entries: number }>;
  events: number;
  types: Record<string, number>;
  folders: FolderDigest[];
  assets: AssetDigest[];
  attachments: AttachmentDigest[];
}

async function surveyParts({ parts, loadIndex }: PlanArchive): Promise<Survey> {
  const survey: Survey = { fragments: new Map(), events: 0, types: noCounts(), folders: [], assets: [], attachments: [] };
  for (const part of parts) {
    if ('name' in part) {
      const content = Buffer.from(part.content);
      survey.attachments.push({ name: attachmentPath(part.name), sha256: sha256(content), size: content.length });
    } else if ('fragment' in part) {
      const index = await loadIndex(part.fragment);
      survey.fragments.set(part.fragment, { pieces: index.pieces, bytes: index.bytes, length: index.length, entries: index.entries.length });
      survey.events += index.events;
      for (const [type, count] of Object.entries(index.types)) countIn(survey.types, type, count);
      survey.folders.push(...index.folders);
      for (const digest of index.assetDigests) survey.assets.push(digest);
    }
  }
  return survey;
}

function manifestOf({ tool, app, cut }: PlanArchive, { events, types, folders, assets, attachments }: Survey): Manifest {
  return {
    formatVersion: 1,
    tool,
    app,
    cut,
    events,
    assets: assets.length,
    missingAssets: assets.filter(({ missing }) => missing).length,
    types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))),
    root: rootOf([...folders, ...assets, ...attachments]),
  };
}

function fragmentPieces(key: string, from: number, pieces: readonly FragmentPiece[]): ArchivePiece[] {
  let start = from;
  return pieces.map((piece): ArchivePiece => {
    if ('external' in piece) return { store: 'assets', key: piece.external, start: 0, length: piece.length };
    start += piece.length;
    return { store: 'archives', key, start: start - piece.length, length: piece.length };
  });
}

async function* directoryOf(
  placed: readonly Placed[],
  place: { offset: number; entries: number },
  options: { time: number; limits: Zip64Limits; loadIndex: PlanArchive['loadIndex'] },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let filled = 0;
  for (const item of placed) {
    const { entries, time } = 'fragment' in item ? await options.loadIndex(item.fragment) : { entries: [{ ...item.record, offset: 0 }], time: options.time };
    for (const entry of entries) {
      if (filled + LARGEST_CENTRAL > CHUNK) {
        yield chunk.subarray(0, filled);
        size += filled;
        chunk = Buffer.allocUnsafeSlow(CHUNK);
        filled = 0;
      }
      filled = writeCentralHeader(chunk, filled, { ...entry, offset: item.offset + entry.offset }, time, options.limits);
    }
  }
  size += filled;
  yield chunk.subarray(0, filled);
  yield endRecords({ ...place, size }, options.limits);
}

/** An archive's pieces as parts of a composed object, for stores of the caller's kind. */
export function composable<Store>(
  pieces: readonly ArchivePiece[],
  stores: { archives: Store; assets: Store },
): ({ bytes: Uint8Array } | { from: Store; key: string; range: { start: number; end: number } })[] {
  return pieces
    .filter((piece) => 'bytes' in piece || piece.length > 0)
    .map((piece) =>
      'bytes' in piece ? piece : { from: stores[piece.store], key: piece.key, range: { start: piece.start, end: piece.start + piece.length - 1 } },
    );
}
