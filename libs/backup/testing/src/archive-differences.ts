import { assetFiles, attachment, attachmentJson, eventTexts, type ZipEntry } from './archive-entries.js';
import { changesBetween, comparable, putBack } from './put-back.js';

interface AppInArchive {
  id: string;
  name: string;
}

/** What differs between an archive and one of an app that was restored from it, but for ids and what every restore gives anew; one line each. */
export function archiveDifferences(before: { entries: ZipEntry[]; app: AppInArchive }, after: { entries: ZipEntry[]; app: AppInArchive }): string[] {
  const changes = changesBetween(before.entries, after.entries, {
    oldId: before.app.id,
    oldName: before.app.name,
    newId: after.app.id,
    newName: after.app.name,
  });
  const [old, now] = [eventTexts(before.entries), eventTexts(after.entries)];
  const found = old.length === now.length ? [] : [`${old.length} events before, ${now.length} after`];
  for (const [number, text] of old.entries()) {
    if (comparable(putBack(now[number] ?? '', changes)) !== comparable(text)) found.push(`event ${number}: ${text} became ${now[number]}`);
  }
  if (assetFiles(before.entries).join() !== assetFiles(after.entries).join()) found.push('The asset files are others.');
  for (const name of ['assettags.json', 'assettagsalias.json', 'avatar.image']) {
    if (String(attachment(before.entries, name)) !== String(attachment(after.entries, name))) found.push(`${name} is another.`);
  }
  const [settings, again] = [before, after].map(({ entries }) => JSON.stringify(attachmentJson(entries, 'settings.json')));
  if (settings !== again) found.push(`settings.json: ${settings} became ${again}`);
  return found;
}
