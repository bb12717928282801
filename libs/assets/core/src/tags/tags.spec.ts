import { describe, expect, it } from 'vitest';
import { aliasesText, parseTags, tagsText } from './tag-attachments.js';
import { normalizeTagNames, tagCountChanges } from './tag-names.js';

describe('tags of an archive', () => {
  it('are read and written byte for byte', () => {
    const tags = String.raw`{"96bf1871":{"name":"gr\u00F6\u00DFe","count":2},"9":{"name":"\u5199\u771F","count":0},"10":{"name":"press","count":2}}`;
    const aliases = String.raw`{"news":"press","2":"gr\u00F6\u00DFe"}`;
    const set = parseTags(tags, aliases);
    expect(set.tags[0]).toEqual({ id: '96bf1871', name: 'größe', count: 2 });
    expect(tagsText(set)).toBe(tags);
    expect(aliasesText(set)).toBe(aliases);
  });

  it('may be written by others: names in any case, counts as text, the last of a doubled id', () => {
    expect(parseTags('\ufeff{ "a": {"Name": "x", "COUNT": "3"}, "a": {"name": "y", "count": -1} }').tags).toEqual([{ id: 'a', name: 'y', count: 0 }]);
    expect(parseTags('null', 'null')).toEqual({ tags: [], aliases: [] });
    expect(tagsText(parseTags('{}'))).toBe('{}');
    expect(aliasesText(parseTags('{}', '{}'))).toBeUndefined();
  });

  it('are refused with the name of the file when they are no tags', () => {
    for (const bad of ['', '[]', '{"a":1}', '{"a":null}', '{"a":{}', '{"a":{}}x']) {
      expect(() => parseTags(bad)).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'assets.tags-invalid', message: expect.stringContaining('assettags.json') }),
      );
    }
    expect(() => parseTags('{}', '{"a":1}')).toThrow('assettagsalias.json');
  });
});

describe('tag names', () => {
  it('are trimmed, in lower case and once each', () => {
    expect(normalizeTagNames([' Press ', 'press', '', ' ', 'PHOTO'])).toEqual(['press', 'photo']);
  });

  it('change counts only where they come or go', () => {
    expect(tagCountChanges(['a', 'b'], ['b', 'c', 'c'])).toEqual({ a: -1, c: 1 });
    expect(tagCountChanges([], [])).toEqual({});
  });
});
