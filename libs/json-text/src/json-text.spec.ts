import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeLoneSurrogates, netString, normalizeJson, objectMembers, RawJson, rawMember, spliceMembers, stringifyWithRaw, toNetJson } from './index.js';

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
