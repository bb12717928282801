import type { FragmentIndex, FragmentPiece } from './fragment-index.js';
import type { EntryRecord } from './zip-format.js';

/** Keeps account of a fragment while it is written: where each entry will stand, and which bytes are the fragment's own. */
export class FragmentLayout {
  private readonly entries: EntryRecord[] = [];
  private readonly pieces: FragmentPiece[] = [];
  private bytes = 0;
  private length = 0;

  /** An entry begins here; its header and data follow by `own` and `external`. */
  entry(record: Omit<EntryRecord, 'offset'>): void {
    this.entries.push({ ...record, offset: this.length });
  }

  own(length: number): void {
    const last = this.pieces.at(-1);
    if (last && !('external' in last)) last.length += length;
    else this.pieces.push({ length });
    this.bytes += length;
    this.length += length;
  }

  external(key: string, length: number, sha256: string): void {
    this.pieces.push({ external: key, length, sha256 });
    this.length += length;
  }

  index(): Pick<FragmentIndex, 'entries' | 'pieces' | 'bytes' | 'length'> {
    return { entries: this.entries, pieces: this.pieces, bytes: this.bytes, length: this.length };
  }
}
