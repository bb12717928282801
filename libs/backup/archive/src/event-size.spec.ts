import { describe, expect, it } from 'vitest';
import { decodeEventFile, encodeEventFile, lengthOfEventFile } from './event-file.js';
import { oversize } from './event-size.js';

/** Longer than what is escaped in one go, with a pair of surrogates where the first slice ends. */
const long = { type: 'X', stream: 'app-1', headers: '{"A":"ü"}', payload: `{"a":"x${'\u{1d11e}'.repeat(40_000)}\\"\\u00fc"}` };
const place = { position: Number.MAX_SAFE_INTEGER, version: Number.MAX_SAFE_INTEGER };

describe('a long event', () => {
  it('is written and read again as it is', () => {
    const file = encodeEventFile({ ...long, ...place });
    expect(file).toMatch(/^[ -~]*$/);
    expect(decodeEventFile(file, 'x')).toMatchObject({ type: long.type, stream: long.stream, payload: long.payload });
  });

  it('has the length that was told beforehand', () => {
    for (const event of [long, { ...long, payload: '{}' }])
      expect(lengthOfEventFile({ ...event, ...place })).toBe(encodeEventFile({ ...event, ...place }).length);
  });
});

describe('the bytes that an event would have in a backup', () => {
  it.each([
    ['a long one', long],
    ['a short one', { ...long, payload: `{"a":"${'ü'.repeat(2_000)}"}` }],
    ['one of a long name', { type: 'X'.repeat(3_000), stream: `app-${'y'.repeat(3_000)}`, payload: '{}', headers: '{}' }],
    ['one of long headers', { ...long, payload: '{}', headers: `{"A":"${'x'.repeat(9_000)}"}` }],
  ])('are told as soon as they are more than allowed: %s', (_, event) => {
    const { length } = encodeEventFile({ ...event, ...place });
    expect([oversize(event, length), oversize(event, length - 1), oversize(event, 10 * length)]).toEqual([undefined, length, undefined]);
  });
});
