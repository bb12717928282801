/** Names of the attachments that every archive may hold; the paths follow by {@link attachmentPath}. */
export const ATTACHMENTS = {
  version: 'version.json',
  urls: 'urls.json',
  users: 'users.json',
  settings: 'settings.json',
  tags: 'assettags.json',
  tagAliases: 'assettagsalias.json',
  avatar: 'avatar.image',
  manifest: 'manifest.json',
  eventManifest: 'manifest-events.ndjson',
  assetManifest: 'manifest-assets.ndjson',
} as const;

/** Events that share a folder, and with it a digest. Also the unit of export: a log's positions 1..1000 are folder 0. */
export const EVENTS_PER_FOLDER = 1000;

const EVENTS = 'events/';
const JSON_FILE = '.json';

/** Path of the event file with this number, from 0. */
export function eventPath(number: number): string {
  return `${eventFolder(number)}/${number}${JSON_FILE}`;
}

/** The folder that the event file with this number lies in. */
export function eventFolder(number: number): string {
  return `${EVENTS}${Math.floor(number / EVENTS_PER_FOLDER)}`;
}

/** The number of an event file's path; undefined for every other path, differently written numbers included. Makes no text: it is asked of every entry. */
export function eventNumberOf(path: string): number | undefined {
  if (!path.startsWith(EVENTS) || !path.endsWith(JSON_FILE)) return undefined;
  const slash = path.indexOf('/', EVENTS.length);
  const number = numberIn(path, slash + 1, path.length - JSON_FILE.length);
  if (number === undefined) return undefined;
  return numberIn(path, EVENTS.length, slash) === Math.floor(number / EVENTS_PER_FOLDER) ? number : undefined;
}

/** A number of up to ten digits, written as we write it. */
function numberIn(text: string, from: number, to: number): number | undefined {
  const digits = to - from;
  if (digits < 1 || digits > 10 || (digits > 1 && text.charCodeAt(from) === 0x30)) return undefined;
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = 10 * number + digit;
  }
  return number;
}

/** Path of an attachment. Squidex looks attachments up by the exact path, so the hash and the lower-casing are part of the format. */
export function attachmentPath(name: string): string {
  const lower = lowerInvariant(name);
  let hash = 17;
  for (let i = 0; i < lower.length; i++) {
    const unit = lower.charCodeAt(i);
    // .NET's hash code of a char is the unit in both halves of the word.
    hash = (Math.imul(hash, 23) + (unit | (unit << 16))) | 0;
  }
  return `attachments/${Math.abs(hash) % 1000}/${lower}`;
}

/** The name of an attachment's path; undefined when the path is not exactly what {@link attachmentPath} makes of that name. */
export function attachmentNameOf(path: string): string | undefined {
  if (!path.startsWith('attachments/')) return undefined;
  const slash = path.indexOf('/', 'attachments/'.length);
  if (slash < 0) return undefined;
  const name = path.slice(slash + 1);
  return name !== '' && attachmentPath(name) === path ? name : undefined;
}

/** Name of the attachment that holds one version of an asset's file. */
export function assetFileName(assetId: string, fileVersion: number): string {
  return `${assetId}_${fileVersion}.asset`;
}

/**
 * .NET's invariant lower-casing: each code point to one code point. JavaScript's differs where a letter becomes two (U+0130 stays here)
 * and for the last sigma of a word (always U+03C3 here).
 */
export function lowerInvariant(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  let result = '';
  for (const point of text) {
    const lower = point.toLowerCase();
    result += lower.length === point.length ? lower : point;
  }
  return result;
}
