import { rawMember } from '@reprise/json-text';
import { hasCode } from '@reprise/kernel';
import type { ArchiveReader } from './archive-reader.js';
import type { FolderDigest } from './digests.js';
import { decodeEventFile } from './event-file.js';
import { eventPath, EVENTS_PER_FOLDER } from './layout.js';
import { checkManifest, mismatch, type ArchiveManifest } from './manifest.js';

/**
 * Proves the events that were read against the manifest. Its digests are of folders; where one doesn't fit, the event that stands in the place
 * of another is looked for, so that the error names it. Error `archive.manifest-mismatch` (corrupt).
 */
export async function proveEvents(reader: ArchiveReader, manifest: ArchiveManifest, folders: readonly FolderDigest[]): Promise<void> {
  try {
    checkManifest(manifest, { folders });
  } catch (error) {
    if (!hasCode(error, 'archive.manifest-mismatch')) throw error;
    const expected = new Set(manifest.folders.map(({ sha256 }) => sha256));
    const wrong = folders.findIndex(({ sha256 }) => !expected.has(sha256));
    throw (await misplaced(reader, wrong)) ?? error;
  }
}

/** Events of our archives say at which position they stood. */
async function misplaced(reader: ArchiveReader, folder: number): Promise<Error | undefined> {
  if (folder < 0) return undefined;
  const end = Math.min((folder + 1) * EVENTS_PER_FOLDER, reader.events);
  for (let number = folder * EVENTS_PER_FOLDER; number < end; number++) {
    const path = eventPath(number);
    const { headers } = decodeEventFile(await reader.readEntry(reader.event(number)), path);
    const position = rawMember(headers, 'EventNumber');
    if (position !== undefined && position !== `"${number + 1}"`)
      return mismatch(path, `stands in the place of another: it was number ${position.slice(0, 30)}.`);
  }
  return undefined;
}
