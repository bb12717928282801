import { decodeEventFile, encodeEventFile } from '@reprise/backup-archive';
import { attachmentJson, eventTexts, type ZipEntry } from './archive-entries.js';

interface Urls {
  assets: string;
  assetsApp: string;
}

/** What a restore changed, as pairs of texts: of the new archive, of the old one. */
export interface Changes {
  ids: [string, string][];
}

/**
 * App id, app name, user ids and asset URLs of the new archive → of the old one. The new name must be one that stands nowhere else.
 */
export function changesBetween(
  oldEntries: ZipEntry[],
  newEntries: ZipEntry[],
  apps: { oldId: string; oldName: string; newId: string; newName: string },
): Changes {
  const oldUsers = attachmentJson<Record<string, string>>(oldEntries, 'users.json');
  const newUsers = attachmentJson<Record<string, string>>(newEntries, 'users.json');
  const idOf = new Map(Object.entries(oldUsers).map(([id, email]) => [email.toLowerCase(), id]));
  const users = Object.entries(newUsers).map(([id, email]): [string, string] => [id, idOf.get(email.toLowerCase()) ?? `unknown ${email}`]);
  const [oldUrls, newUrls] = [attachmentJson<Urls>(oldEntries, 'urls.json'), attachmentJson<Urls>(newEntries, 'urls.json')];
  return { ids: [[newUrls.assetsApp, oldUrls.assetsApp], [newUrls.assets, oldUrls.assets], [apps.newId, apps.oldId], ...users, [apps.newName, apps.oldName]] };
}

export function putBack(text: string, { ids }: Changes): string {
  return ids.reduce((result, [now, before]) => result.replaceAll(now, before), text);
}

/** The text with the values away that may differ: CommitId, EventNumber, Restored. */
export function comparable(text: string): string {
  return text
    .replace(/"CommitId":"[^"]*"/, '"CommitId":""')
    .replace(/"EventNumber":"[^"]*"/, '"EventNumber":""')
    .replace(',"Restored":true', '');
}

/** Event files as of today's format: those of V1 written anew. */
export function asV2(entries: ZipEntry[]): string[] {
  const versions = new Map<string, number>();
  return eventTexts(entries).map((text, number) => {
    if (!text.startsWith('{"n":null')) return text;
    const { type, stream, payload, headers } = decodeEventFile(text, `events/0/${number}.json`);
    const version = (versions.get(stream) ?? -1) + 1;
    versions.set(stream, version);
    return encodeEventFile({ type, stream, payload, headers, position: number + 1, version });
  });
}
