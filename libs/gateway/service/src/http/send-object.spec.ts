import { describe, expect, it } from 'vitest';
import { disposition, parseRange } from './send-object.js';

describe('A range of bytes', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-1000', { start: 0, end: 99 }],
    ['bytes=50-1000', { start: 50, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=9-0', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=-', undefined],
    ['items=0-1', undefined],
    [undefined, undefined],
  ])('%s of 100 bytes', (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected);
  });

  it('is never satisfiable in an empty object', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
  });
});

describe('A file name in a header', () => {
  it('stays as it is when it is plain', () => {
    expect(disposition('inline', 'logo-1.png')).toBe('inline; filename="logo-1.png"');
  });

  it('is given twice when it is not, and can break out of nothing', () => {
    expect(disposition('attachment', 'a"b\r\nX: ü.png')).toBe(`attachment; filename="a_b__X: _.png"; filename*=UTF-8''a%22b%0D%0AX%3A%20%C3%BC.png`);
  });
});
