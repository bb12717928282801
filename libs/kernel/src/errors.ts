/**
 * What kind of trouble it is. Edges map kinds (HTTP status, ack or dead-letter, exit code); nobody else does.
 * - `invalid`: the caller sent something wrong; `unauthenticated`, `forbidden`, `not-found`, `conflict`: as in HTTP
 * - `limit`: a configured bound is reached; `unavailable`: a part is down or full, retrying can help; what became of a command says `leavesOutcomeUnknown`
 * - `corrupt`: stored or received bytes are damaged; `cancelled`: somebody asked to stop; `internal`: our fault
 */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'limit' | 'unavailable' | 'corrupt' | 'cancelled' | 'internal';

/** The form in which an error crosses a process. */
export interface ErrorBody {
  kind: ErrorKind;
  /** Stable, dotted, lower case: `subject.what-happened`, e.g. `log.version-conflict`. */
  code: string;
  /** For a person: who is at fault and what to do. Never a secret, never a stack. */
  message: string;
  /** One line per problem, for validation errors. */
  details?: string[];
}

export class RepriseError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details?: string[];

  constructor(kind: ErrorKind, code: string, message: string, options: { details?: string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RepriseError';
    this.kind = kind;
    this.code = code;
    if (options.details?.length) this.details = options.details;
  }

  toBody(): ErrorBody {
    const { kind, code, message, details } = this;
    return details ? { kind, code, message, details } : { kind, code, message };
  }

  static fromBody(body: ErrorBody): RepriseError {
    return new RepriseError(body.kind, body.code, body.message, body.details ? { details: body.details } : {});
  }
}

/** Recognised by name, because copies of this package can double. */
export function isRepriseError(error: unknown): error is RepriseError {
  return error instanceof Error && error.name === 'RepriseError' && 'kind' in error && 'code' in error;
}

export function hasCode(error: unknown, code: string): error is RepriseError {
  return isRepriseError(error) && error.code === code;
}

/** Anything thrown, as an error with a kind. What we didn't foresee is `internal`: its own message stays in `cause`, for the log alone. */
export function toRepriseError(error: unknown): RepriseError {
  if (isRepriseError(error)) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new RepriseError('unavailable', 'storage.full', 'There is no space left on the disk. Make room and try again.', { cause: error });
  }
  return new RepriseError('internal', 'internal', 'An internal error occurred. The log has the details.', { cause: error });
}
