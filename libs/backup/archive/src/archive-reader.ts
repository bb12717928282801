import { beyondLimit, corrupt, invalid, shownName } from './errors.js';
import { EntryTable, NumberIndex } from './entry-table.js';
import { inflateEntry } from './inflate.js';
import { attachmentNameOf, attachmentPath, eventNumberOf, eventPath } from './layout.js';
import { checkReadable, readEnd, type ArchiveEntry } from './local-entry.js';
import type { RandomAccess } from './random-access.js';
import { DEFAULT_LIMITS, RATIO_COUNTS_FROM, type ReadLimits } from './read-limits.js';
import { findDirectory, readDirectory, type DirectoryPlace, type DirectoryRecord } from './zip-directory.js';
import { LOCAL_SIZE } from './zip-format.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bytes of the path of an attachment: no event can ask for a longer one, since ids of assets are bounded, and they would only fill memory. */
const LONGEST_PATH = 4_096;

/** Entries of one name, in the order of the archive. */
export interface EntryList {
  readonly length: number;
  /** Plain bytes of one. */
  size: (index: number) => number;
  entry: (index: number) => ArchiveEntry;
}

/**
 * An archive for reading. Opening reads the directory, not the entries, and refuses, by name, what isn't whole: entries that don't fit the
 * file or overlap, events that are missing or doubled, bounds that are passed. Memory: some 40 bytes for an event, the path for an attachment.
 */
export class ArchiveReader {
  private readonly table = new EntryTable();
  private readonly numbers = new NumberIndex();
  /** The row of each path; all rows, in the order of the directory, where a path stands several times. */
  private readonly paths = new Map<string, number | number[]>();
  private sorted = new Float64Array();
  private unknownEntries = 0;
  private directoryEntries = 0;

  private constructor(
    readonly source: RandomAccess,
    readonly limits: ReadLimits,
    private readonly place: DirectoryPlace,
  ) {}

  /** Errors `archive.*`: kind `corrupt` for damaged or deceitful files, `invalid` for what can't be restored, `limit` for bounds. */
  static async open(source: RandomAccess, limits: Partial<ReadLimits> = {}): Promise<ArchiveReader> {
    const bounds = { ...DEFAULT_LIMITS, ...limits };
    if (source.size > bounds.maxArchiveBytes) {
      throw beyondLimit('too-large', `The archive has ${source.size} bytes`, { allowed: bounds.maxArchiveBytes, setting: 'REPRISE_MAX_ARCHIVE_BYTES' });
    }
    const place = await findDirectory(source);
    if (place.entries > bounds.maxEntries) {
      throw beyondLimit('too-many-entries', `The archive has ${place.entries} entries`, { allowed: bounds.maxEntries, setting: 'REPRISE_MAX_ENTRIES' });
    }
    const reader = new ArchiveReader(source, bounds, place);
    await readDirectory(source, place, (record) => reader.add(record));
    await reader.checkPlaces();
    reader.checkNumbers();
    return reader;
  }

  /** Event files; numbers 0 to `events - 1` are all there. */
  get events(): number {
    return this.numbers.length;
  }

  /** Entries, those of folders left out. */
  get entries(): number {
    return this.table.length - this.directoryEntries;
  }

  /** Entries that the layout doesn't know; they are passed over. */
  get unknown(): number {
    return this.unknownEntries;
  }

  /** The event file with this number, which must be below `events`. */
  event(number: number): ArchiveEntry {
    return this.entry(this.numbers.get(number)!, eventPath(number));
  }

  /** All entries of an attachment's name (`users.json`, what assetFileName makes), in order; empty if there is none. */
  attachments(name: string): ArchiveEntry[] {
    const { length, entry } = this.entryList(name);
    return Array.from({ length }, (_, index) => entry(index));
  }

  /** As {@link attachments}, for a name that may stand a million times: entries are made when they are asked for. */
  entryList(name: string): EntryList {
    const path = attachmentPath(name);
    const rows = this.rowsAt(path);
    return { length: rows.length, size: (index) => this.table.sizes[rows[index]!]!, entry: (index) => this.entry(rows[index]!, path) };
  }

  attachmentPaths(): Iterable<string> {
    return this.paths.keys();
  }

  /** Every entry that is an attachment by its place, those included that nobody asks for. */
  *attachmentEntries(): Generator<ArchiveEntry> {
    for (const path of this.paths.keys()) for (const row of this.rowsAt(path)) yield this.entry(row, path);
  }

  /** An entry's plain bytes, checked. Error `archive.entry-too-large` beyond `maxBytes` (default: the limit of event files). */
  async readEntry(entry: ArchiveEntry, maxBytes = this.limits.maxEventBytes): Promise<Buffer> {
    if (entry.size > maxBytes) throw tooLarge(entry, maxBytes);
    return inflateEntry(await this.source.read(entry.offset, readEnd(entry, this.source.size) - entry.offset), entry.offset, entry);
  }

  /** The first entry of the name that isn't empty, as Squidex takes it. */
  firstAttachment(name: string): ArchiveEntry | undefined {
    const entries = this.entryList(name);
    for (let index = 0; index < entries.length; index++) if (entries.size(index) > 0) return entries.entry(index);
    return undefined;
  }

  /** The text of {@link firstAttachment}. */
  async readText(name: string): Promise<string | undefined> {
    const entry = this.firstAttachment(name);
    if (!entry) return undefined;
    const bytes = await this.readEntry(entry);
    try {
      return utf8.decode(bytes);
    } catch (error) {
      throw invalid('attachment-invalid', `The entry ${entry.name} is not UTF-8.`, error);
    }
  }

  private rowsAt(path: string): readonly number[] {
    const rows = this.paths.get(path) ?? [];
    return typeof rows === 'number' ? [rows] : rows;
  }

  private entry(row: number, name: string): ArchiveEntry {
    const { offsets, compressedSizes, sizes, crcs, methods } = this.table;
    const offset = offsets[row]!;
    return { name, method: methods[row]!, crc: crcs[row]!, compressedSize: compressedSizes[row]!, size: sizes[row]!, offset, end: this.nextAfter(offset) };
  }

  private add(record: DirectoryRecord): void {
    const { name, size, compressedSize, offset } = record;
    if (offset + LOCAL_SIZE + record.nameLength + compressedSize > this.place.offset) {
      throw corrupt('entry-invalid', `The entry ${shownName(name)} is damaged: its place and size do not fit the file.`);
    }
    const row = this.table.add(record);
    const number = eventNumberOf(name);
    if (number !== undefined) this.addEvent(number, row, record);
    else if (record.nameLength <= LONGEST_PATH && attachmentNameOf(name) !== undefined) this.addAttachment(row, record);
    else if (name.endsWith('/') && size === 0) this.directoryEntries++;
    else this.unknownEntries++;
  }

  private addEvent(number: number, row: number, record: DirectoryRecord): void {
    checkReadable(record, record.flags);
    this.checkRatio(record);
    if (record.size > this.limits.maxEventBytes) throw tooLarge(record, this.limits.maxEventBytes);
    if (this.numbers.get(number) !== undefined) throw corrupt('event-doubled', `The event ${record.name} is in the archive twice.`);
    if (number >= this.limits.maxEntries) throw corrupt('event-missing', `The archive has the event ${record.name}, but not all that should come before it.`);
    this.numbers.set(number, row);
  }

  private addAttachment(row: number, record: DirectoryRecord): void {
    checkReadable(record, record.flags);
    this.checkRatio(record);
    const rows = this.paths.get(record.name);
    if (rows === undefined) this.paths.set(record.name, row);
    else if (typeof rows === 'number') this.paths.set(record.name, [rows, row]);
    else rows.push(row);
  }

  private checkRatio({ name, size, compressedSize }: DirectoryRecord): void {
    if (size > RATIO_COUNTS_FROM && size > compressedSize * this.limits.maxRatio) {
      const what = `The entry ${shownName(name)} would inflate to ${Math.ceil(size / Math.max(compressedSize, 1))} times its size`;
      throw beyondLimit('entry-ratio', what, { allowed: this.limits.maxRatio, setting: 'REPRISE_MAX_ENTRY_RATIO' });
    }
  }

  /** Entries must not overlap. Most archives have them in order, so that nothing has to be sorted. */
  private async checkPlaces(): Promise<void> {
    const { offsets, compressedSizes, nameLengths, length } = this.table;
    this.sorted = offsets.slice(0, length);
    if (!this.sorted.every((offset, i) => i === 0 || offset >= this.sorted[i - 1]!)) this.sorted.sort();
    for (let i = 1; i < length; i++) {
      if (this.sorted[i] === this.sorted[i - 1]) throw await this.overlap(this.sorted[i]!);
    }
    for (let row = 0; row < length; row++) {
      const offset = offsets[row]!;
      const next = this.nextAfter(offset);
      if (offset + LOCAL_SIZE + nameLengths[row]! + compressedSizes[row]! > next) throw await this.overlap(next);
    }
  }

  private nextAfter(offset: number): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low < this.sorted.length ? this.sorted[low]! : this.place.offset;
  }

  /** Names aren't kept, so the one at fault is looked up again. */
  private async overlap(offset: number): Promise<Error> {
    let name: string | undefined;
    await readDirectory(this.source, this.place, (record) => {
      if (record.offset === offset) name ??= record.name;
    });
    if (name !== undefined) return corrupt('entries-overlap', `The entry ${shownName(name)} overlaps another one.`);
    return corrupt('entries-overlap', 'Entries of the archive overlap.');
  }

  private checkNumbers(): void {
    if (this.events === 0) throw invalid('no-events', `The archive has no event: ${eventPath(0)} is missing. It is no backup of an app.`);
    for (let number = 0; number < this.events; number++) {
      if (this.numbers.get(number) === undefined) throw corrupt('event-missing', `The event ${eventPath(number)} is missing, although later ones are there.`);
    }
  }
}

function tooLarge(entry: { name: string; size: number }, maxBytes: number): Error {
  return beyondLimit('entry-too-large', `The entry ${shownName(entry.name)} has ${entry.size} bytes`, {
    allowed: maxBytes,
    setting: 'REPRISE_MAX_EVENT_BYTES',
  });
}
