import { type ErrorBody, type ErrorKind, isRepriseError, saysNoAnswer, toRepriseError } from '@reprise/kernel';
import { HttpException } from '@nestjs/common';

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limit: 429,
  unavailable: 503,
  corrupt: 500,
  cancelled: 409,
  internal: 500,
};
const TOO_LARGE = /[.-]too-large$/;

const SECTIONS: Record<number, string> = {
  400: 'rfc7231#section-6.5.1',
  403: 'rfc7231#section-6.5.3',
  409: 'rfc7231#section-6.5.8',
  413: 'rfc7231#section-6.5.11',
  415: 'rfc7231#section-6.5.13',
  429: 'rfc6585#section-4',
  500: 'rfc7231#section-6.6.1',
  503: 'rfc7231#section-6.6.4',
  504: 'rfc7231#section-6.6.5',
};

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  /** Absent for 401 and 404, as in Squidex. */
  body?: { message: string; details?: string[]; statusCode: number; type?: string; traceId: string; errorCode?: string };
  /** Ours to look into. */
  unexpected: boolean;
}

/** Anything that a controller, Nest or Fastify threw, as an HTTP answer. */
export function answerTo(error: unknown, traceId: string): ErrorAnswer {
  const { status, body } = describe(error);
  const headers: Record<string, string> = status === 503 ? { 'Retry-After': '5' } : status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
  const unexpected = status === 500;
  if (status === 401 || status === 404) return { status, headers, unexpected };
  const section = SECTIONS[status];
  return {
    status,
    headers,
    unexpected,
    body: {
      message: body.details ? 'Validation error' : body.message,
      ...(body.details ? { details: body.details } : {}),
      statusCode: status,
      ...(section ? { type: `https://www.rfc-editor.org/rfc/${section}` } : {}),
      traceId,
      ...(body.code ? { errorCode: body.code } : {}),
    },
  };
}

function describe(error: unknown): { status: number; body: Pick<ErrorBody, 'message' | 'details'> & { code?: string } } {
  if (isRepriseError(error)) {
    const status = TOO_LARGE.test(error.code) ? 413 : saysNoAnswer(error) ? 504 : STATUS[error.kind];
    return { status, body: error.toBody() };
  }
  if (error instanceof HttpException) return { status: error.getStatus(), body: { message: error.message } };
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown };
  // Fastify's own: a body that is too large, a media type that nobody reads.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return { status: statusCode, body: { message: String(message) } };
  const foreseen = toRepriseError(error);
  return { status: STATUS[foreseen.kind], body: foreseen.toBody() };
}
