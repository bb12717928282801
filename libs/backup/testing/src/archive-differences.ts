import { eventTexts, type ZipEntry } from './archive-entries.js';
import { type Changes, changesBetween, comparable, putBack } from './put-back.js';

interface AppInArchive {
  id: string;
  name: string;
}
interface OurArchive {
  entries: ZipEntry[];
  app: AppInArchive;
}

/**
 * What differs between two of our archives, entry by entry, but for ids, addresses, and what every restore gives anew; one line each. The one is
 * of an app that was restored from the other's, or both are of apps that were restored from the same.
 */
export function archiveDifferences(before: OurArchive, after: OurArchive): string[] {
  const changes = changesBetween(before.entries, after.entries, {
    oldId: before.app.id,
    oldName: before.app.name,
    newId: after.app.id,
    newName: after.app.name,
  });
  const [names, namesAfter] = [before, after].map(({ entries }) => entries.map(({ name }) => name).join());
  const now = new Map(after.entries.map(({ name, bytes }) => [name, bytes]));
  const others = before.entries.filter(({ name, bytes }) => !name.startsWith('events/') && now.get(name)?.equals(bytes) === false);
  return [
    ...(names === namesAfter ? [] : [`The entries, or their order, are others: ${names} became ${namesAfter}`]),
    ...eventDifferences(before.entries, after.entries, changes),
    ...others.flatMap((entry) => entryDifferences(entry, now.get(entry.name)!, changes)),
  ];
}

function eventDifferences(before: ZipEntry[], after: ZipEntry[], changes: Changes): string[] {
  const [old, now] = [eventTexts(before), eventTexts(after)];
  const found = old.length === now.length ? [] : [`${old.length} events before, ${now.length} after`];
  for (const [number, text] of old.entries()) {
    if (comparable(putBack(now[number] ?? '', changes)) !== comparable(text)) found.push(`event ${number}: ${text} became ${now[number]}`);
  }
  return found;
}

/** Of all other entries those that name the app, its address or its people, or digests and sizes of what does: what is left of them that must be the same. */
const ESSENCES: Record<string, (text: string) => unknown> = {
  'urls.json': (text) => text,
  'manifest.json': (text) => ({ ...(JSON.parse(text) as object), root: undefined }),
  'manifest-events.ndjson': (text) => text.replace(/"sha256":"\w*","size":\d+/g, ''),
  // In the order of ids.
  'users.json': (text) => Object.values(JSON.parse(text) as Record<string, string>).sort(),
};

function entryDifferences({ name, bytes }: ZipEntry, now: Buffer, changes: Changes): string[] {
  const essence = ESSENCES[name.split('/').at(-1)!];
  if (!essence) return [`${name} is another: ${head(bytes)} became ${head(now)}`];
  const [left, right] = [essence(bytes.toString()), essence(putBack(now.toString(), changes))].map((each) => JSON.stringify(each));
  return left === right ? [] : [`${name}: ${left} became ${right}`];
}

function head(bytes: Buffer): string {
  return JSON.stringify(bytes.subarray(0, 500).toString());
}
