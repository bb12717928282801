import { describe, expect, it } from 'vitest';
import { hasTooManyValues, holdsMoreValues } from './event-values.js';

const tooMany = (payload: string, stream = 'rule-a--b') => hasTooManyValues({ stream, payload }, 10);

describe('values of an event', () => {
  it('are objects, arrays, texts and numbers, however deep', () => {
    expect(tooMany('{"a":[1,2,3],"b":{"c":"x,y,[z","d":[]},"e":1}')).toBe(false);
    expect(tooMany('{"a":[1,2,3],"b":{"c":"x,y,[z","d":[]},"e":1,"f":[[]],"g":2}')).toBe(true);
    expect(tooMany('{"a":[1,2,3],"b":{"c":"x,y,[z","d":[]},"e":1,"f":2}')).toBe(false);
    expect(tooMany('{"a":[1,2,3],"b":{"c":"x,y,[z","d":[]},"e":1,"f":2,"g":3}')).toBe(true);
    expect(tooMany(`{"a":"${','.repeat(100)}"}`)).toBe(false);
  });

  it('are not counted in the data of a content, which nobody parses', () => {
    const many = `[${'1,'.repeat(50)}1]`;
    expect(tooMany(`{"data":${many}}`, 'content-a--b')).toBe(false);
    expect(tooMany(`{"Migrateddata":${many},"DATA":${many}}`, 'content-a--b')).toBe(false);
    expect(tooMany(`{"data":${many}}`)).toBe(true);
    expect(tooMany(`{"status":${many}}`, 'content-a--b')).toBe(true);
  });

  it('are counted in any text', () => {
    expect(holdsMoreValues(`{${'"a":1,'.repeat(9)}"b":1}`, 12)).toBe(false);
    expect(holdsMoreValues(`{${'"a":1,'.repeat(19)}"b":1}`, 12)).toBe(true);
    expect([11, 10].map((most) => holdsMoreValues(`{${'"a":1,'.repeat(9)}"b":1}`, most))).toEqual([false, true]);
    expect(holdsMoreValues('[{},{},{}]', 5)).toBe(true);
  });
});
