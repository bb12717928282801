import { NotFoundException } from '@nestjs/common';
import { RepriseError, type ErrorKind } from '@reprise/kernel';
import { describe, expect, it } from 'vitest';
import { answerTo } from './error-answers.js';

const of = (kind: ErrorKind, code = 'a.b', details?: string[]) =>
  answerTo(new RepriseError(kind, code, 'What went wrong.', details ? { details } : {}), 'trace');

describe('An error as an HTTP answer', () => {
  it('has the status of its kind', () => {
    const kinds: [ErrorKind, number][] = [
      ['invalid', 400],
      ['unauthenticated', 401],
      ['forbidden', 403],
      ['not-found', 404],
      ['conflict', 409],
      ['unavailable', 503],
      ['internal', 500],
    ];
    expect(kinds.map(([kind]) => of(kind).status)).toEqual(kinds.map(([, status]) => status));
  });

  it("is in Squidex's shape", () => {
    expect(of('conflict').body).toEqual({
      message: 'What went wrong.',
      statusCode: 409,
      type: 'https://www.rfc-editor.org/rfc/rfc7231#section-6.5.8',
      traceId: 'trace',
      errorCode: 'a.b',
    });
  });

  it('says that the input is at fault when it has details', () => {
    expect(of('invalid', 'a.b', ['name: Too long.']).body).toMatchObject({ message: 'Validation error', details: ['name: Too long.'] });
  });

  it('has no body where Squidex has none', () => {
    expect([of('not-found').body, of('unauthenticated').body, answerTo(new NotFoundException(), 't').body]).toEqual([undefined, undefined, undefined]);
  });

  it('tells what is too large, and when to come again', () => {
    expect(of('limit', 'upload.too-large').status).toBe(413);
    expect(of('limit', 'log.event-too-large').status).toBe(413);
    expect(of('unavailable').headers).toEqual({ 'Retry-After': '5' });
  });

  it.each(['messaging.timeout', 'messaging.interrupted', 'commands.outcome-unknown'])('does not ask to come again when it may have been done (%s)', (code) => {
    expect(of('unavailable', code)).toMatchObject({ status: 504, headers: {} });
  });

  it('keeps what nobody foresaw to itself', () => {
    const answer = answerTo(new Error('password=secret'), 'trace');
    expect(answer).toMatchObject({ status: 500, unexpected: true });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});
