/** For the specs of this library only: archives of ours, in memory, and what reading one comes to. */
import { isRepriseError, type RepriseError } from '@reprise/kernel';
import type { ArchivedEvent } from './event-types.js';
import { planArchive, type ArchivePart, type ArchivePlan } from './assemble.js';
import { assetFileOf } from './asset-files.js';
import { AssetFragmentWriter } from './asset-fragment.js';
import { digestOf } from './digests.js';
import { decodeEventFile } from './event-file.js';
import { eventFragment } from './event-fragment.js';
import { decodeFragmentIndex, encodeFragmentIndex } from './fragment-index.js';
import { streamEntry } from './inflate.js';
import { inspectEvents } from './inspect.js';
import { ATTACHMENTS } from './layout.js';
import { readManifest } from './manifest.js';
import type { ArchivePool } from './pool.js';
import { collect, eventFiles, fixture, inPages, MemoryObjects, MODIFIED, readerOf } from './spec-fixtures.js';
import type { ReadLimits } from './read-limits.js';
import type { Zip64Limits } from './zip-format.js';

/** Nobody looks at it here. */
const PROOF = { sha256: '', lastEvent: '' };

export async function addEvents(objects: MemoryObjects, pool: ArchivePool, key: string, events: readonly ArchivedEvent[], pageSize = 700): Promise<void> {
  const fragment = eventFragment(inPages(events, pageSize), { pool, modified: MODIFIED });
  objects.objects.set(key, Buffer.concat(await collect(fragment.bytes)));
  objects.indexes.set(key, decodeFragmentIndex(encodeFragmentIndex(fragment.index(), PROOF)));
}

export function plan(objects: MemoryObjects, parts: ArchivePart[], position: number, limits?: Zip64Limits): Promise<ArchivePlan> {
  return planArchive({
    parts,
    modified: MODIFIED,
    app: { id: 'a', name: 'sample' },
    cut: { position, timestamp: MODIFIED.toISOString() },
    tool: 'reprise 0.1.0',
    loadIndex: objects.loadIndex,
    ...(limits ? { limits } : {}),
  });
}

/** Small attachments that every archive has, and its manifest. */
export const attachments: ArchivePart[] = [
  { name: ATTACHMENTS.settings, content: '{}' },
  { manifest: true },
  { name: ATTACHMENTS.users, content: '{"u1":"u1@example.com"}' },
];

/** The original's events under their own ids again, its files and attachments, as a backup of ours. */
export async function backedUpAgain(name: string, pool: ArchivePool): Promise<{ bytes: Buffer; events: ArchivedEvent[]; plan: ArchivePlan }> {
  const original = await readerOf(fixture(name));
  const versions = new Map<string, number>();
  const events = (await eventFiles(original)).map((file, i): ArchivedEvent => {
    const decoded = decodeEventFile(file, 'x');
    const version = versions.get(decoded.stream) ?? 0;
    versions.set(decoded.stream, version + 1);
    return { ...decoded, position: i + 1, version };
  });
  const objects = new MemoryObjects();
  await addEvents(objects, pool, 'events', events);
  const writer = new AssetFragmentWriter({ modified: MODIFIED });
  const chunks: Uint8Array[] = [];
  for (const event of events) {
    const file = assetFileOf(event, event.position);
    if (!file) continue;
    const content = await original.readEntry(original.attachments(file.name)[0]!);
    const asset = { position: event.position, name: file.name };
    if (content.length === 0 && file.fileSize > 0) {
      chunks.push(...writer.addMissingAsset(asset));
    } else if (content.length > 2000) {
      const key = `asset-${event.position}`;
      objects.objects.set(key, content);
      chunks.push(...writer.addExternalAsset({ ...asset, key, ...(await digestOf(streamEntry(original.source, original.attachments(file.name)[0]!))) }));
    } else {
      chunks.push(...writer.addAsset({ ...asset, content }));
    }
  }
  objects.objects.set('assets', Buffer.concat(chunks));
  objects.indexes.set('assets', decodeFragmentIndex(encodeFragmentIndex(writer.index(), PROOF)));
  const text = async (attachment: string) => ({ name: attachment, content: (await original.readText(attachment)) ?? '{}' });
  const planned = await plan(
    objects,
    [
      await text(ATTACHMENTS.version),
      await text(ATTACHMENTS.urls),
      { fragment: 'assets' },
      { fragment: 'events' },
      await text(ATTACHMENTS.settings),
      await text(ATTACHMENTS.tags),
      { manifest: true },
      await text(ATTACHMENTS.users),
    ],
    events.length,
  );
  return { bytes: await objects.archive(planned), events, plan: planned };
}

/** Reads all of an archive, as a restore does: undefined if that went well, the refusal if not. Any other error is thrown. */
export async function refusalOf(archive: Buffer, pool: ArchivePool, limits?: Partial<ReadLimits>): Promise<RepriseError | undefined> {
  try {
    const reader = await readerOf(archive, limits);
    await readManifest(reader);
    await collect(inspectEvents(reader, pool));
    for (const entry of reader.attachmentEntries()) await collect(streamEntry(reader.source, entry));
    return undefined;
  } catch (error) {
    if (isRepriseError(error) && error.code.startsWith('archive.')) return error;
    throw error;
  }
}
