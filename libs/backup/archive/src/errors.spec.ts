import { RepriseError } from '@reprise/kernel';
import { describe, expect, it } from 'vitest';
import { corrupt, invalid, namingEvents, shownName } from './errors.js';

describe('errors about an archive', () => {
  it('keep what led to them, for the log', () => {
    const cause = new Error('so it was');
    expect([corrupt('a', 'b', cause), invalid('a', 'b', cause)].map((error) => error.cause)).toEqual([cause, cause]);
  });

  it('name the events among which a thread died of its task, and leave other errors as they are', () => {
    const died = new RepriseError('limit', 'archive.out-of-memory', 'A thread died.');
    const said = (first: number, count: number, error: unknown) => {
      try {
        return namingEvents({ first, count })(error);
      } catch (thrown) {
        return thrown;
      }
    };
    expect(said(1003, 1, died)).toMatchObject({
      code: 'archive.out-of-memory',
      message: expect.stringMatching(/^The event events\/1\/1003\.json needs/),
      cause: died,
    });
    expect(said(1003, 5, died)).toMatchObject({ message: expect.stringMatching(/^One of the events events\/1\/1003\.json to events\/1\/1007\.json needs/) });
    for (const other of [corrupt('out-of-luck', 'x'), Object.assign(new Error('x'), { code: 'archive.out-of-memory' })]) expect(said(1, 1, other)).toBe(other);
  });

  it('show names bounded and without control characters', () => {
    expect([120, 121].map((length) => shownName('\u0007'.repeat(length)))).toEqual(['?'.repeat(120), `${'?'.repeat(117)}...`]);
  });
});
