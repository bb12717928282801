import { describe, expect, it } from 'vitest';
import { flag, flagOrNull, integer, integerOrNull, member, numberOrNull, objectOrNull, objects, text, textOrNull, texts, textsOrNull } from './index.js';

const odd = JSON.parse(
  '{"Name":"a","constructor2":1,"n":"12","broken":"1.5","blank":" ","list":["a",1,null,{"b":1},[2]],"yes":true,"__proto__":{"x":1}}',
) as Record<string, unknown>;

describe('JSON that others wrote', () => {
  it('is read without regard to the case of names, the exact one first', () => {
    expect([text(odd, 'name'), text({ NAME: 'b', name: 'c' }, 'name'), text({ NAME: 'b', name: 'c' }, 'nAME')]).toEqual(['a', 'c', 'b']);
  });

  it('never answers what every object inherits', () => {
    expect([member(odd, 'constructor'), member({}, '__proto__'), member(odd, '__proto__')]).toEqual([undefined, undefined, { x: 1 }]);
  });

  it('is null or the default where a value is missing or odd', () => {
    expect([textOrNull(odd, 'n2'), textOrNull(odd, 'yes'), text(odd, 'yes')]).toEqual([null, null, '']);
    expect([flagOrNull(odd, 'name'), flag(odd, 'name'), flag(odd, 'yes')]).toEqual([null, false, true]);
    expect([objectOrNull(odd, 'list'), objectOrNull(odd, 'name'), textsOrNull(odd, 'name'), texts(odd, 'name'), objects(odd, 'name')]).toEqual([
      null,
      null,
      null,
      [],
      [],
    ]);
    expect([texts(odd, 'list'), objects(odd, 'list')]).toEqual([['a'], [{ b: 1 }]]);
  });

  it('may hold numbers in strings', () => {
    expect([integer(odd, 'n'), numberOrNull(odd, 'broken'), integerOrNull(odd, 'broken'), integer(odd, 'broken')]).toEqual([12, 1.5, null, 0]);
    expect([numberOrNull(odd, 'blank'), integer(odd, 'yes'), integerOrNull({ n: 2 ** 53 }, 'n')]).toEqual([null, 0, null]);
  });
});
