import { createHash } from 'node:crypto';
import { isRepriseError } from '@reprise/kernel';
import type { ArchiveReader } from './archive-reader.js';
import { digestOf, type AssetDigest, type AttachmentDigest, type FolderDigest } from './digests.js';
import { corrupt, shownName } from './errors.js';
import { streamEntry } from './inflate.js';
import { linesOf } from './lines.js';
import type { ArchiveEntry } from './local-entry.js';
import { ATTACHMENTS, attachmentNameOf, attachmentPath, eventPath } from './layout.js';

/** What our archives say about themselves beside Squidex's layout; Squidex passes it over. docs/reference/archive-format.md tells how to check it by hand. */
export interface Manifest {
  formatVersion: 1;
  /** Name and version of what wrote the archive. */
  tool: string;
  app: { id: string; name: string };
  /** The archive shows the app at this position of its log, which was fixed at this moment. */
  cut: { position: number; timestamp: string };
  events: number;
  assets: number;
  /** Assets whose file is lost. */
  missingAssets: number;
  /** Events by type. */
  types: Record<string, number>;
  /** SHA-256 over the sorted lines `sha256 size path` of all event folders and attachments, manifests excluded. */
  root: string;
}

export interface ArchiveManifest {
  manifest: Manifest;
  folders: FolderDigest[];
  assets: AssetDigest[];
}

type Line = { sha256: string; size: number; name: string };

/** Lines are sorted by their bytes, as `LC_ALL=C sort` does. */
export function rootOf(digests: Iterable<Line>): string {
  const lines = Array.from(digests, ({ sha256, size, name }) => latin1(`${sha256} ${size} ${name}\n`));
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(line, 'latin1');
  return hash.digest('hex');
}

/** The UTF-8 bytes as characters. */
function latin1(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

/** The three files of a manifest, by attachment name. */
export function manifestFiles({ manifest, folders, assets }: ArchiveManifest): { name: string; content: string }[] {
  const lines = (digests: readonly object[]) => digests.map((digest) => JSON.stringify(digest) + '\n').join('');
  return [
    { name: ATTACHMENTS.manifest, content: JSON.stringify(manifest, undefined, 2) + '\n' },
    { name: ATTACHMENTS.eventManifest, content: lines(folders) },
    { name: ATTACHMENTS.assetManifest, content: lines(assets) },
  ];
}

/** Attachments that aren't asset files or manifests; all that the root covers beside those. */
const SMALL_ATTACHMENTS = [
  ATTACHMENTS.version,
  ATTACHMENTS.urls,
  ATTACHMENTS.users,
  ATTACHMENTS.settings,
  ATTACHMENTS.tags,
  ATTACHMENTS.tagAliases,
  ATTACHMENTS.avatar,
] as const;

/** Far more than a path and a digest take. */
const LONGEST_LINE = 64 * 1024;

/**
 * The archive's manifest, proved against its root together with all small attachments; undefined if there is none, as in Squidex's archives.
 * Events and asset files are proved as they are read, against its digests. Errors `archive.manifest-invalid`, `archive.manifest-mismatch` (corrupt).
 */
export async function readManifest(reader: ArchiveReader): Promise<ArchiveManifest | undefined> {
  const names = [ATTACHMENTS.manifest, ATTACHMENTS.eventManifest, ATTACHMENTS.assetManifest];
  const entries = names.map((name) => reader.entryList(name));
  if (entries.every((found) => found.length === 0)) return undefined;
  for (const [i, found] of entries.entries()) {
    if (found.length !== 1)
      throw manifestInvalid(names[i]!, found.length === 0 ? 'is missing, although other parts of the manifest are there.' : 'is there twice.');
  }
  const [head, eventList, assetList] = entries.map((found) => found.entry(0)) as [ArchiveEntry, ArchiveEntry, ArchiveEntry];
  const archive: ArchiveManifest = {
    manifest: headOf((await reader.readEntry(head)).toString()),
    folders: await listOf<FolderDigest>(reader, ATTACHMENTS.eventManifest, eventList),
    assets: await listOf<AssetDigest>(reader, ATTACHMENTS.assetManifest, assetList),
  };
  checkCounts(archive, reader);

  await checkLost(archive.assets, reader);
  const attachments: AttachmentDigest[] = [];
  for (const name of SMALL_ATTACHMENTS) {
    const { length, entry: entryAt } = reader.entryList(name);
    for (let index = 0; index < length; index++) {
      const entry = entryAt(index);
      attachments.push({ name: entry.name, ...(await digestOf(streamEntry(reader.source, entry))) });
    }
  }
  if (rootOf([...archive.folders, ...archive.assets, ...attachments]) !== archive.manifest.root) {
    throw corrupt(
      'manifest-mismatch',
      `The root in ${attachmentPath(ATTACHMENTS.manifest)} does not fit: the manifest, or one of ${SMALL_ATTACHMENTS.join(', ')}, was changed, removed or added.`,
    );
  }
  return archive;
}

/** The empty entries of lost files have nothing that is read later: their own headers are checked here. */
async function checkLost(assets: readonly AssetDigest[], reader: ArchiveReader): Promise<void> {
  const lost = new Set(assets.flatMap(({ name, missing }) => (missing ? [name] : [])));
  for (const path of lost) {
    for (const entry of reader.attachments(attachmentNameOf(path) ?? '')) if (entry.size === 0) await reader.readEntry(entry);
  }
}

function headOf(text: string): Manifest {
  const manifest = parse<Omit<Manifest, 'formatVersion'> & { formatVersion: number }>(ATTACHMENTS.manifest, text);
  if (![manifest?.formatVersion, manifest?.events, manifest?.assets].every(Number.isSafeInteger) || typeof manifest.root !== 'string')
    throw manifestInvalid(ATTACHMENTS.manifest, 'is not a manifest.');
  if (manifest.formatVersion !== 1)
    throw manifestInvalid(ATTACHMENTS.manifest, `has version ${manifest.formatVersion}, which this version of Reprise does not know. Update it.`);
  return { ...manifest, formatVersion: 1 };
}

/** Line by line: the text of a million digests is never in memory. Each is of an entry, so that there can't be more of them. */
async function listOf<Digest extends Line>(reader: ArchiveReader, name: string, entry: ArchiveEntry): Promise<Digest[]> {
  const digests: Digest[] = [];
  try {
    for await (const line of linesOf(streamEntry(reader.source, entry), LONGEST_LINE)) {
      const digest = parse<Digest>(name, line);
      if (typeof digest?.name !== 'string' || typeof digest.sha256 !== 'string' || digest.sha256.length !== 64 || typeof digest.size !== 'number')
        throw new Error('has a line that is no digest.');
      if (digests.length === reader.entries) throw new Error('lists more than the archive has.');
      digests.push(digest);
    }
  } catch (error) {
    throw isRepriseError(error) ? error : manifestInvalid(name, (error as Error).message);
  }
  return digests;
}

function parse<Value>(name: string, text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw manifestInvalid(name, 'is not valid JSON.', error);
  }
}

function checkCounts({ manifest, folders, assets }: ArchiveManifest, reader: ArchiveReader): void {
  const events = folders.reduce((sum, { count }) => sum + count, 0);
  if (manifest.events > reader.events) throw mismatch(eventPath(reader.events), `is missing: the manifest tells of ${manifest.events} events.`);
  if (manifest.events !== reader.events || events !== reader.events) {
    throw mismatch(attachmentPath(ATTACHMENTS.manifest), `tells of ${manifest.events} events, its list of ${events}, and the archive has ${reader.events}.`);
  }
  if (manifest.assets !== assets.length)
    throw mismatch(attachmentPath(ATTACHMENTS.manifest), `tells of ${manifest.assets} asset files, but ${assets.length} are listed.`);
  const wanted = new Map<string, number>();
  for (const { name } of assets) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  const known = new Set<string>(Object.values(ATTACHMENTS).map(attachmentPath));
  for (const path of reader.attachmentPaths()) {
    if (known.has(path)) continue;
    const found = reader.entryList(path.slice(path.indexOf('/', 'attachments/'.length) + 1)).length;
    if (found !== (wanted.get(path) ?? 0)) throw mismatch(path, 'is not in the manifest as often as in the archive.');
    wanted.delete(path);
  }
  for (const [path] of wanted) throw mismatch(path, 'is in the manifest, but not in the archive.');
}

/** Error `archive.manifest-mismatch` (corrupt) names the folder whose files are not what the manifest says. */
export function checkFolders(expected: readonly FolderDigest[], found: readonly FolderDigest[]): void {
  const byName = new Map(expected.map((folder) => [folder.name, folder]));
  for (const folder of found) {
    const wanted = byName.get(folder.name);
    if (!wanted) throw mismatch(folder.name, 'is not in the manifest.');
    if (wanted.sha256 !== folder.sha256 || wanted.count !== folder.count || wanted.size !== folder.size) {
      throw mismatch(folder.name, 'does not hold the events that the manifest says (SHA-256).');
    }
  }
}

/** Proves digests found while reading against the manifest: event folders all, asset files as far as they are given. */
export function checkManifest(archive: ArchiveManifest, found: { folders: readonly FolderDigest[]; assets?: readonly AssetDigest[] }): void {
  checkFolders(archive.folders, found.folders);
  const names = new Set(found.folders.map(({ name }) => name));
  const missing = archive.folders.find(({ name }) => !names.has(name));
  if (missing) throw mismatch(missing.name, 'is in the manifest, but not in the archive.');
  const byPosition = new Map(archive.assets.map((asset) => [asset.position, asset]));
  for (const asset of found.assets ?? []) {
    const wanted = byPosition.get(asset.position);
    if (!wanted) throw mismatch(asset.name, 'is not in the manifest.');
    if (wanted.name !== asset.name || wanted.sha256 !== asset.sha256 || wanted.size !== asset.size)
      throw mismatch(asset.name, 'is not the file that the manifest says (SHA-256).');
  }
}

function manifestInvalid(name: string, what: string, cause?: unknown): Error {
  return corrupt('manifest-invalid', `The entry ${attachmentPath(name)} ${what}`, cause);
}

export function mismatch(name: string, what: string): Error {
  return corrupt('manifest-mismatch', `The entry ${shownName(name)} ${what} The archive was changed after it was written, or is damaged.`);
}
