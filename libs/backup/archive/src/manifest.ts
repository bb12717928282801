import type { ArchiveReader } from './archive-reader.js';
import { digestOf, sha256, type AssetDigest, type AttachmentDigest, type FolderDigest } from './digests.js';
import { corrupt, shownName } from './errors.js';
import { streamEntry } from './inflate.js';
import { ATTACHMENTS, attachmentPath } from './layout.js';

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
  const lines = Array.from(digests, ({ sha256, size, name }) => Buffer.from(`${sha256} ${size} ${name}\n`).toString('latin1'));
  return sha256(Buffer.from(lines.sort().join(''), 'latin1'));
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

/** A manifest of a million assets has some 200 MB. */
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/**
 * The archive's manifest, proved against its root together with all small attachments; undefined if there is none, as in Squidex's archives.
 * Events and asset files are proved as they are read, against its digests. Errors `archive.manifest-invalid`, `archive.manifest-mismatch` (corrupt).
 */
export async function readManifest(reader: ArchiveReader): Promise<ArchiveManifest | undefined> {
  const names = [ATTACHMENTS.manifest, ATTACHMENTS.eventManifest, ATTACHMENTS.assetManifest];
  const entries = names.map((name) => reader.attachments(name));
  if (entries.every((found) => found.length === 0)) return undefined;
  const texts: string[] = [];
  for (const [i, found] of entries.entries()) {
    if (found.length !== 1)
      throw manifestInvalid(names[i]!, found.length === 0 ? 'is missing, although other parts of the manifest are there.' : 'is there twice.');
    texts.push((await reader.readEntry(found[0]!, MAX_MANIFEST_BYTES)).toString());
  }
  const archive = parseManifest(texts as [string, string, string]);
  checkCounts(archive, reader);

  const attachments: AttachmentDigest[] = [];
  for (const name of SMALL_ATTACHMENTS) {
    for (const entry of reader.attachments(name)) {
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

function parseManifest([head, folders, assets]: [string, string, string]): ArchiveManifest {
  const manifest = parse<Omit<Manifest, 'formatVersion'> & { formatVersion: number }>(ATTACHMENTS.manifest, head);
  if (typeof manifest?.formatVersion !== 'number' || typeof manifest.root !== 'string') throw manifestInvalid(ATTACHMENTS.manifest, 'is not a manifest.');
  if (manifest.formatVersion !== 1)
    throw manifestInvalid(ATTACHMENTS.manifest, `has version ${manifest.formatVersion}, which this version of Reprise does not know. Update it.`);
  const lines = <Digest extends Line>(name: string, text: string) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const digest = parse<Digest>(name, line);
        if (typeof digest?.name !== 'string' || typeof digest.sha256 !== 'string' || typeof digest.size !== 'number')
          throw manifestInvalid(name, 'has a line that is no digest.');
        return digest;
      });
  return {
    manifest: { ...manifest, formatVersion: 1 },
    folders: lines<FolderDigest>(ATTACHMENTS.eventManifest, folders),
    assets: lines<AssetDigest>(ATTACHMENTS.assetManifest, assets),
  };
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
  if (manifest.events !== reader.events || events !== reader.events) {
    throw mismatch(ATTACHMENTS.manifest, `tells of ${manifest.events} events, but the archive has ${reader.events}.`);
  }
  if (manifest.assets !== assets.length) throw mismatch(ATTACHMENTS.manifest, `tells of ${manifest.assets} asset files, but ${assets.length} are listed.`);
  const wanted = new Map<string, number>();
  for (const { name } of assets) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  const known = new Set<string>(Object.values(ATTACHMENTS).map(attachmentPath));
  for (const path of reader.attachmentPaths()) {
    if (known.has(path)) continue;
    const found = reader.attachments(path.slice(path.indexOf('/', 'attachments/'.length) + 1)).length;
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

function mismatch(name: string, what: string): Error {
  return corrupt('manifest-mismatch', `The entry ${shownName(name)} ${what} The archive was changed after it was written, or is damaged.`);
}
