import { describe, expect, it } from 'vitest';
import { fieldProperties } from '../schema/field-types.js';
import { checkValue } from './field-rules.js';

function problems(type: string, value: unknown, properties: object = {}): string[] {
  const found: string[] = [];
  checkValue(value, fieldProperties({ $type: type, ...properties }), (problem, at = '') => found.push(`${at}${problem}`));
  return found;
}

describe('the value of a field', () => {
  it.each<[string, object, unknown[], unknown, string]>([
    ['String', { maxLength: 3 }, ['abc', ''], 'abcd', 'Must not have more than 3 character(s).'],
    ['String', { minLength: 3 }, ['abc', ''], 'ab', 'Must have at least 3 character(s).'],
    ['String', { minLength: 2, maxLength: 3 }, ['ab', 'abc'], 'abcd', 'Must have between 2 and 3 character(s).'],
    ['String', { minLength: 2, maxLength: 2 }, ['ab'], 'abc', 'Must have exactly 2 character(s).'],
    ['String', { maxCharacters: 3 }, ['a, b - ü!'], 'a, b, c, d', 'Must not have more than 3 text character(s).'],
    ['String', { minWords: 2 }, ['two words'], 'one', 'Must have at least 2 word(s).'],
    ['String', { maxWords: 1, contentType: 'Html' }, ['<b>one</b> <i>two</i>'], 1, 'Invalid json type, expected string.'],
    ['String', { pattern: '[a-z]+' }, ['abc', ''], 'a1', 'Must follow the pattern.'],
    ['String', { pattern: '\\d{4}', patternMessage: 'A year, please.' }, ['2025'], 'x', 'A year, please.'],
    ['String', { allowedValues: ['a', 'b'] }, ['a'], 'c', 'Not an allowed value.'],
    ['Number', { minValue: 1 }, [1, 2.5], 0, 'Must be greater or equal to 1.'],
    ['Number', { maxValue: 1 }, [1], 1.5, 'Must be less or equal to 1.'],
    ['Number', { minValue: 1, maxValue: 2 }, [1, 2], 3, 'Must be between 1 and 2.'],
    ['Number', { allowedValues: [1, 2] }, [2], 3, 'Not an allowed value.'],
    ['Boolean', {}, [true, false], 'true', 'Invalid json type, expected boolean.'],
    ['DateTime', { minValue: '2025-01-01T00:00:00Z' }, ['2025-01-01T00:00:00Z'], '2024-12-31T23:59:59Z', 'Must be greater or equal to 2025-01-01T00:00:00Z.'],
    ['DateTime', {}, ['2025-01-01T10:00:00.1234567Z'], 'tomorrow', 'Not a valid value.'],
    ['Tags', { minItems: 1, maxItems: 2 }, [['a'], ['a', 'a']], [], 'Must have between 1 and 2 item(s).'],
    ['Tags', { allowedValues: ['a'] }, [['a']], ['a', 'b'], '[2]Not an allowed value.'],
    ['References', { maxItems: 1 }, [['a']], ['a', 'b'], 'Must not have more than 1 item(s).'],
    ['References', {}, [['a', 'b']], ['a', 'a'], 'Must not contain duplicate values.'],
    ['Assets', {}, [['a']], ['a', ' '], 'Invalid json type, expected array of strings.'],
    ['Array', { minItems: 1 }, [[{}]], [], 'Must have at least 1 item(s).'],
    ['Array', { uniqueFields: ['sku'] }, [[{ sku: 1 }, {}, {}]], [{ sku: 1 }, { sku: 1 }], "Must not contain items with duplicate 'sku' fields."],
    ['Components', {}, [[{ schemaId: 'x' }]], ['x'], 'Invalid json type, expected array of objects.'],
  ])('%s %j', (type, properties, good, bad, problem) => {
    for (const value of good) expect(problems(type, value, properties)).toEqual([]);
    expect(problems(type, bad, properties)).toEqual([problem]);
  });

  it('may be twice in references where the field allows it', () => {
    expect(problems('References', ['a', 'a'], { allowDuplicates: true })).toEqual([]);
  });

  it('is anything where the kind of field takes anything', () => {
    for (const type of ['Json', 'UI', 'UserInfo', 'Strange', 'constructor']) expect(problems(type, [1, { a: null }])).toEqual([]);
  });

  it('is not looked at for ever, whatever the pattern, nor refused for one that only .NET knows', () => {
    expect(problems('String', `${'a'.repeat(60)}!`, { pattern: '(a+)+' })).toEqual(['Regex is too slow.']);
    expect(problems('String', 'x', { pattern: '(?>a' })).toEqual([]);
  });

  it('passes limits that are none', () => {
    expect(problems('String', 'abc', { maxLength: '1', minWords: {}, allowedValues: [], pattern: 5 })).toEqual([]);
  });
});
