import { checkJson, eachMember, integer, type JsonObject, netString, text } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import type { TagSet } from '../ports/tag-store.js';

/** `assettags.json`, byte for byte as Squidex writes it. Ids may look like numbers, so that no object may order them. */
export function tagsText({ tags }: TagSet): string {
  return `{${tags.map(({ id, name, count }) => `${netString(id)}:{"name":${netString(name)},"count":${count}}`).join(',')}}`;
}

/** `assettagsalias.json`, which is not written when it is empty. */
export function aliasesText({ aliases }: TagSet): string | undefined {
  return aliases.length === 0 ? undefined : `{${aliases.map(({ from, to }) => `${netString(from)}:${netString(to)}`).join(',')}}`;
}

/** Both attachments of an archive. Error `assets.tags-invalid` (invalid). */
export function parseTags(tags: string, aliases?: string): TagSet {
  return {
    tags: parseObject('assettags.json', tags).map(([id, value]) => {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid('assettags.json', `the tag ${JSON.stringify(id)} is no object`);
      return { id, name: text(value as JsonObject, 'name'), count: Math.max(0, integer(value as JsonObject, 'count')) };
    }),
    aliases: (aliases === undefined ? [] : parseObject('assettagsalias.json', aliases)).map(([from, to]) => {
      if (typeof to !== 'string') throw invalid('assettagsalias.json', `${JSON.stringify(from)} names no tag`);
      return { from, to };
    }),
  };
}

/** Members in order, the last one where a name stands twice. */
function parseObject(file: string, json: string): [name: string, value: unknown][] {
  try {
    if (json.trim() === 'null') return [];
    checkJson(json.replace(/^\ufeff/, ''));
    const values = new Map<string, unknown>();
    eachMember(json, (name, start, end) => void values.set(name, JSON.parse(json.slice(start, end))));
    return [...values];
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

function invalid(file: string, why: string): RepriseError {
  return new RepriseError('invalid', 'assets.tags-invalid', `The archive's ${file} is not valid: ${why}.`);
}
