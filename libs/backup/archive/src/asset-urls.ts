import { endOfString, endOfValue, netString, skipSpace } from '@reprise/json-text';
import type { RestoreMapping } from './restore-mapping.js';

type Urls = NonNullable<RestoreMapping['urls']>;

/**
 * A content's `data` with the old installation's asset URLs replaced in its strings, as Squidex does it: in one string either those with
 * the app or those without; not in an array that lies directly in an array. All else stays to the letter.
 */
export function rewriteAssetUrls(data: string, urls: Urls): string {
  if (!mayHold(data, urls.oldAssetsApp) && !mayHold(data, urls.oldAssets)) return data;
  const replace = replacer(urls);
  let result = '';
  let done = 0;

  const string = (at: number): number => {
    const end = endOfString(data, at);
    const raw = data.slice(at, end);
    const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    const changed = replace(value);
    if (changed !== value) {
      result += data.slice(done, at) + netString(changed);
      done = end;
    }
    return end;
  };
  const value = (at: number, inArray: boolean): number => {
    switch (data[at]) {
      case '"':
        return string(at);
      case '{':
        return items(at, '}', (start) => value(afterName(start), false));
      case '[':
        return inArray ? endOfValue(data, at) : items(at, ']', (start) => value(start, true));
      default:
        return endOfValue(data, at);
    }
  };
  const afterName = (at: number): number => skipSpace(data, skipSpace(data, endOfString(data, at)) + 1);
  const items = (at: number, close: string, item: (start: number) => number): number => {
    at = skipSpace(data, at + 1);
    while (data[at] !== close) {
      at = skipSpace(data, item(at));
      if (data[at] === ',') at = skipSpace(data, at + 1);
    }
    return at + 1;
  };

  value(skipSpace(data, 0), false);
  return done === 0 ? data : result + data.slice(done);
}

/** Characters of URLs that nobody has to escape, and escapes that stand for one of them nevertheless. */
const PLAIN = /^[A-Za-z0-9:/.-]+$/;
const HIDDEN = /\\(?:\/|u00(?:2[d-f]|3[0-9a]|[46][1-9a-f]|[57][0-9a]))/i;

/** Most contents hold no such URL: a look at the text saves the walk. */
function mayHold(data: string, url: string): boolean {
  return url !== '' && (!PLAIN.test(url) || data.includes(url) || HIDDEN.test(data));
}

function replacer({ oldAssets, oldAssetsApp, newAssets, newAssetsApp }: Urls): (text: string) => string {
  return (text) => {
    if (oldAssetsApp && text.includes(oldAssetsApp)) return text.replaceAll(oldAssetsApp, () => newAssetsApp);
    if (oldAssets && text.includes(oldAssets)) return text.replaceAll(oldAssets, () => newAssets);
    return text;
  };
}
