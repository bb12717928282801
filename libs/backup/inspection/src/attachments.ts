import { ATTACHMENTS, holdsMoreValues, MOST_VALUES, shownName, type ArchiveReader } from '@reprise/backup-archive';
import { checkJson, skipSpace } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';

/** What an archive holds beside events and asset files. Texts are kept as they are. */
export interface Attachments {
  users: Record<string, string>;
  settings: string;
  tags: string;
  aliases?: string;
  urls?: { assets: string; assetsApp: string };
  /** How many of them there are, but for the settings, as Squidex counts. */
  count: number;
  warnings: string[];
}

/** The one format version that there is; 0 stands for a file that doesn't say. */
const MAJOR = 5;

/** Far more than one app has; each is in memory several times while he is looked for. */
const MOST_USERS = 100_000;

/** Errors: `archive.version-unsupported`, `archive.attachment-missing`, `archive.attachment-invalid` (all invalid), `archive.attachment-too-complex` (limit), with the file's name. */
export async function readAttachments(reader: ArchiveReader): Promise<Attachments> {
  const read = (name: string) => reader.readText(name);
  const version = await read(ATTACHMENTS.version);
  if (version !== undefined) checkVersion(version);
  const users = usersOf(required(ATTACHMENTS.users, await read(ATTACHMENTS.users)));
  const settings = required(ATTACHMENTS.settings, await read(ATTACHMENTS.settings));
  checkObject(ATTACHMENTS.settings, settings);
  const [urls, tags, aliases] = [await read(ATTACHMENTS.urls), await read(ATTACHMENTS.tags), await read(ATTACHMENTS.tagAliases)];
  if (tags !== undefined) checkObject(ATTACHMENTS.tags, tags, MOST_VALUES);
  if (aliases !== undefined) checkObject(ATTACHMENTS.tagAliases, aliases, MOST_VALUES);
  const bases = urls === undefined ? undefined : basesOf(urls);
  const warnings = urls !== undefined && !bases ? [`${ATTACHMENTS.urls} names no addresses, so none are rewritten in contents.`] : [];
  const avatars = reader.entryList(ATTACHMENTS.avatar).length > 0;
  return {
    users,
    settings: withoutMark(settings),
    tags: withoutMark(tags ?? '{}'),
    ...(aliases === undefined ? {} : { aliases: withoutMark(aliases) }),
    ...(bases ? { urls: bases } : {}),
    count: 1 + [version !== undefined, urls !== undefined, tags !== undefined, aliases !== undefined, avatars].filter(Boolean).length,
    warnings,
  };
}

/** One that can't be read is passed over, as Squidex does. */
function checkVersion(text: string): void {
  let major: unknown;
  try {
    checkObject(ATTACHMENTS.version, text, MOST_VALUES);
    major = member(JSON.parse(withoutMark(text)), 'major');
  } catch {
    return;
  }
  if (major === undefined || major === 0 || Number(major) === MAJOR) return;
  throw new RepriseError(
    'invalid',
    'archive.version-unsupported',
    `Backup file is not compatible with this version: it has format version ${shownName(JSON.stringify(major))}, and ${MAJOR} is supported.`,
  );
}

function required(name: string, text: string | undefined): string {
  if (text !== undefined) return text;
  throw new RepriseError(
    'invalid',
    'archive.attachment-missing',
    `The archive holds no ${name}, or an empty one. It is not a complete backup; make a new one.`,
  );
}

function usersOf(text: string): Record<string, string> {
  checkObject(ATTACHMENTS.users, text, MOST_USERS);
  const users = JSON.parse(withoutMark(text)) as Record<string, unknown>;
  for (const [id, email] of Object.entries(users)) {
    if (typeof email !== 'string' || email === '') throw invalid(ATTACHMENTS.users, `the user ${shownName(id)} has no e-mail`);
  }
  return users as Record<string, string>;
}

function basesOf(text: string): { assets: string; assetsApp: string } | undefined {
  checkObject(ATTACHMENTS.urls, text, MOST_VALUES);
  const urls = JSON.parse(withoutMark(text)) as unknown;
  const [assets, assetsApp] = [member(urls, 'assets'), member(urls, 'assetsApp')];
  return typeof assets === 'string' && typeof assetsApp === 'string' && assets && assetsApp ? { assets, assetsApp } : undefined;
}

/** Without parsing it, which takes many times the memory of the text. With `most`: refuses more values than that. */
function checkObject(name: string, text: string, most = Infinity): void {
  const json = withoutMark(text);
  try {
    checkJson(json);
  } catch {
    throw invalid(name, 'it is not JSON');
  }
  if (json[skipSpace(json, 0)] !== '{') throw invalid(name, 'an object is expected');
  if (!holdsMoreValues(json, most)) return;
  throw new RepriseError('limit', 'archive.attachment-too-complex', `The archive's ${name} holds more than ${most} values, far more than an app has.`);
}

/** Without regard to case, as .NET reads. */
function member(value: unknown, name: string): unknown {
  const found = Object.entries((value ?? {}) as Record<string, unknown>).findLast(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function invalid(name: string, why: string): RepriseError {
  return new RepriseError('invalid', 'archive.attachment-invalid', `The archive's ${name} is damaged: ${why}.`);
}
