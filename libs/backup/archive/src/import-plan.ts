import type { FolderDigest } from './digests.js';
import { corrupt } from './errors.js';
import type { ArchiveEntry } from './local-entry.js';
import type { EntryRecord } from './zip-format.js';

/** What inspection found out for a segment of events to import. Lies in the archive store while the job runs. */
export interface EventImportPlan {
  kind: 'events';
  /** Positions, both included. Position = number of the event's file + 1. */
  from: number;
  to: number;
  /** Where the event of position `from + i` is in the archive. */
  entries: Omit<EntryRecord, 'name'>[];
  /** Stream version of position `from + i`, counted in file order, never taken from the archive. */
  versions: number[];
  /** From the manifest if there is one: what the files have to be. */
  folders?: FolderDigest[];
}

export interface AssetImportItem {
  /** Of the event. */
  position: number;
  assetId: string;
  /** Name of the attachment. */
  name: string;
  /** As the event says. */
  fileSize: number;
  fileHash: string;
  /** null: the archive doesn't have the file. */
  entry: ArchiveEntry | null;
  /** The manifest says that the file was lost already when the archive was written. */
  lostBefore?: boolean;
  /** From the manifest if there is one. */
  sha256?: string;
}

/** The files of a segment's asset events. */
export interface AssetImportPlan {
  kind: 'assets';
  from: number;
  to: number;
  items: AssetImportItem[];
}

export type ImportPlan = EventImportPlan | AssetImportPlan;

type Row = [offset: number, compressedSize: number, size: number, crc: number, method: number];

export function encodeImportPlan(plan: ImportPlan): Buffer {
  if (plan.kind === 'assets') return Buffer.from(JSON.stringify(plan));
  const entries = plan.entries.map(({ offset, compressedSize, size, crc, method }): Row => [offset, compressedSize, size, crc, method]);
  return Buffer.from(JSON.stringify({ ...plan, entries }));
}

/** Error `archive.plan-invalid` (corrupt): the job's own file is damaged. */
export function decodeImportPlan(bytes: Uint8Array): ImportPlan {
  let plan: AssetImportPlan | (Omit<EventImportPlan, 'entries'> & { entries: Row[] });
  try {
    plan = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as typeof plan;
  } catch (error) {
    throw corrupt('plan-invalid', 'A working file of the restore is damaged. Start the restore again.', error);
  }
  if (plan.kind === 'assets') return plan;
  const entries = plan.entries.map(([offset, compressedSize, size, crc, method]) => ({ offset, compressedSize, size, crc, method }));
  return { ...plan, entries };
}
