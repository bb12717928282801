import { describe, expect, it } from 'vitest';
import { pageOf } from './page.js';
import { isTrue, listOf, parseQuery } from './query-string.js';

describe('A query', () => {
  it('is read without regard to the case of its names', () => {
    expect({ ...parseQuery('ParentId=A&%24Top=5&x=1&X=2') }).toEqual({ parentid: 'A', $top: '5', x: '2' });
  });

  it('takes a list apart', () => {
    expect(listOf('a, b,,c')).toEqual(['a', 'b', 'c']);
    expect(listOf(' , ')).toBeUndefined();
    expect(listOf(undefined)).toBeUndefined();
  });

  it('knows true in any case', () => {
    expect(['True', '1', 'false', undefined].map(isTrue)).toEqual([true, true, false, false]);
  });

  it('pages within bounds', () => {
    const bounds = { usual: 20, most: 200 };
    expect(pageOf({}, bounds)).toEqual({ skip: 0, take: 20 });
    expect(pageOf({ $top: '1000', $skip: '40' }, bounds)).toEqual({ skip: 40, take: 200 });
  });

  it.each([{ $top: '-1' }, { $skip: 'x' }, { $filter: 'data/a/iv eq 1' }])('is refused rather than misunderstood: %o', (query) => {
    expect(() => pageOf(query as unknown as Record<string, string>, { usual: 20, most: 200 })).toThrow(expect.objectContaining({ code: 'query.invalid' }));
  });
});
