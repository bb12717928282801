import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkJson,
  escapeLoneSurrogates,
  netString,
  normalizeJson,
  objectMembers,
  RawJson,
  rawMember,
  spliceMembers,
  stringifyWithRaw,
  toNetJson,
} from './index.js';

describe('members of a JSON text', () => {
  it('are found with their raw values, escapes and nesting included', () => {
    const text = '{"a": 1.0 ,"b\\u0041":{"x":["}","\\\\"]},"c":"q\\"q"}';
    expect(objectMembers(text).map((m) => [m.name, text.slice(m.start, m.end)])).toEqual([
      ['a', '1.0'],
      ['bA', '{"x":["}","\\\\"]}'],
      ['c', '"q\\"q"'],
    ]);
  });

  it('are looked up without regard to case when asked', () => {
    expect(rawMember('{"AppId":"x"}', 'appId')).toBeUndefined();
    expect(rawMember('{"AppId":"x"}', 'appId', { ignoreCase: true })).toBe('"x"');
  });

  it('are replaced in place, appended when missing, and all else stays to the letter', () => {
    expect(spliceMembers('{"a":12345678901234567890, "b":-0}', { a: '1' })).toBe('{"a":1, "b":-0}');
    expect(spliceMembers('{"a":1}', { z: 'true' })).toBe('{"a":1,"z":true}');
    expect(spliceMembers('{}', { z: 'true' })).toBe('{"z":true}');
    expect(spliceMembers('{"a":1}', { z: 'true' }, { append: false })).toBe('{"a":1}');
  });

  it('come out equal to what a parser sees, for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        const members = objectMembers(text);
        expect(Object.fromEntries(members.map((m) => [m.name, JSON.parse(text.slice(m.start, m.end))]))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('are refused for what is no object, is cut off or nested too deeply', () => {
    for (const text of ['', '[1]', '{"a":1', '{"a"', '{"a":"x}', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`]) {
      expect(() => objectMembers(text), text).toThrow(/not valid/);
    }
  });
});

describe('.NET JSON', () => {
  it('escapes as the default encoder does', () => {
    expect(netString(`"&'+<>\`\\/\u007f\n\t\r\b\fü😀`)).toBe(
      '"\\u0022\\u0026\\u0027\\u002B\\u003C\\u003E\\u0060\\\\/\\u007F\\n\\t\\r\\b\\f\\u00FC\\uD83D\\uDE00"',
    );
    expect(toNetJson({ a: null, b: undefined, c: [1, 'x'], d: new RawJson('1.0') })).toBe('{"a":null,"c":[1,"x"],"d":1.0}');
  });

  it('reads back as the same value, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = toNetJson(value);
        // eslint-disable-next-line no-control-regex
        expect(text).toMatch(/^[\x00-\x7f]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('normalizes a foreign text: compact, escaped, numbers and order untouched', () => {
    expect(normalizeJson(' { "b" : [ 1.0 , -0, 12345678901234567890, 1e400 ], "a" : "\\u00fc\\/é" } ')).toBe(
      '{"b":[1.0,-0,12345678901234567890,1e400],"a":"\\u00FC/\\u00E9"}',
    );
    expect(normalizeJson('"\\ud800"')).toBe('"\\uD800"');
  });

  it('refuses what is no JSON', () => {
    for (const text of ['', '{', '[1,]', '{"a":01}', '{a:1}', '"\n"', '1 2', 'NaN', '[1', '{"a" 1}', '['.repeat(65) + ']'.repeat(65)]) {
      expect(() => normalizeJson(text), text).toThrow(/not valid/);
    }
  });

  it('escapes lone surrogates and nothing else', () => {
    expect(escapeLoneSurrogates('"\ud800x\udc00 😀"')).toBe('"\\uD800x\\uDC00 😀"');
  });

  it('takes raw texts into an answer', () => {
    expect(stringifyWithRaw({ a: [new RawJson('1.0')], b: undefined, c: new Date(0) })).toBe('{"a":[1.0],"c":"1970-01-01T00:00:00.000Z"}');
  });
});

describe('checking a JSON text without parsing it', () => {
  const verdict = (check: (text: string) => unknown, text: string) => {
    try {
      check(text);
      return 'valid';
    } catch {
      return 'invalid';
    }
  };
  const sameAsParser = (text: string) => {
    expect(verdict(checkJson, text), text).toBe(verdict(JSON.parse, text));
  };

  it('takes what a parser takes', () => {
    fc.assert(fc.property(fc.json({ noUnicodeString: false }), sameAsParser));
  });

  it('refuses what a parser refuses, wherever a text is damaged', () => {
    const damage = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', '\\', '\\u12', ',', '{', '}', '[', ']', ':', '0', '-', '.', 'e', '\n', '\u0001', 'nul', '\\\\'),
    );
    fc.assert(
      fc.property(damage, ([text, place, put]) => {
        const at = place % (text.length + 1);
        sameAsParser(text.slice(0, at) + put + text.slice(at));
        sameAsParser(text.slice(0, at) + put + text.slice(at + 1));
      }),
    );
    for (const text of [
      '',
      ' ',
      '01',
      '1.',
      '-',
      '"\\x"',
      '"\\\\\\"',
      '{"a":1,}',
      '[1 2]',
      '{"a"}',
      'truefalse',
      '\ufeff{}',
      '"\\ud800"',
      '1e400',
      ' {"a" : [ ] } ',
    ])
      sameAsParser(text);
  });

  it('refuses what is nested deeper than 64', () => {
    expect(() => checkJson('['.repeat(64) + ']'.repeat(64))).not.toThrow();
    expect(() => checkJson('['.repeat(65) + ']'.repeat(65))).toThrow('nested deeper than 64');
  });
});
