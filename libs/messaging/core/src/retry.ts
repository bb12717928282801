import { toRepriseError, type ErrorBody, type ErrorKind, type Logger } from '@reprise/kernel';
import type { Delivery, FactSubscription, FailedAttempt, WorkSubscription } from './transport.js';

export interface Backoff {
  firstMs: number;
  maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 200, maxMs: 30_000 };

/** How often a group tries to take in a fact. Facts are hints, so theirs is no matter of the contract. */
const FACT_ATTEMPTS = 8;
/** How often, beyond a work's own attempts, its end is tried to be told. */
const EXTRA_ATTEMPTS_TO_TELL = 20;

/** Milliseconds before the attempt that follows `attempt`: doubling. */
export function backoffMs(attempt: number, backoff: Backoff = DEFAULT_BACKOFF): number {
  return Math.min(backoff.firstMs * 2 ** (attempt - 1), backoff.maxMs);
}

/** Kinds that another attempt can't mend. */
const FINAL: ReadonlySet<ErrorKind> = new Set(['invalid', 'unauthenticated', 'forbidden', 'not-found', 'conflict', 'limit', 'corrupt', 'cancelled']);

export function isWorthAnotherAttempt(error: ErrorBody, attempt: number, maxAttempts: number): boolean {
  return attempt < maxAttempts && !FINAL.has(error.kind);
}

/** What becomes of a delivery: its effects are stored, it comes again later, or it goes to the dead letters. */
export type Outcome =
  | { then: 'done' }
  | { then: 'again'; afterMs: number; failures: readonly FailedAttempt[] }
  | { then: 'dead'; error: ErrorBody; failures: readonly FailedAttempt[] };

const MOST_FAILURES = 10;
const MOST_CHARACTERS = 200;

function withFailure({ attempt, failures = [] }: Delivery, { code, message }: ErrorBody): readonly FailedAttempt[] {
  return [...failures, { attempt, code, message: message.slice(0, MOST_CHARACTERS) }].slice(-MOST_FAILURES);
}

/** One attempt at a work or fact, the same whatever carries it. Never rejects. */
export async function attemptDelivery(
  subscription: WorkSubscription | FactSubscription,
  delivery: Delivery,
  backoff: Backoff,
  logger: Logger,
): Promise<Outcome> {
  const { name, attempt, messageId } = delivery;
  const maxAttempts = subscription.channel === 'work' ? subscription.maxAttempts : FACT_ATTEMPTS;
  const again = (failure: ErrorBody): Outcome => ({ then: 'again', afterMs: backoffMs(attempt, backoff), failures: withFailure(delivery, failure) });
  let error: ErrorBody;
  try {
    await subscription.handle(delivery);
    return { then: 'done' };
  } catch (thrown) {
    const failure = toRepriseError(thrown);
    error = failure.toBody();
    const retried = isWorthAnotherAttempt(error, attempt, maxAttempts);
    logger.warn(retried ? 'A message failed and is tried again.' : 'A message failed for good.', {
      name,
      attempt,
      messageId,
      code: error.code,
      cause: failure.cause,
    });
    if (retried) return again(error);
  }
  try {
    if (subscription.channel === 'work') await subscription.dead?.(delivery, error);
  } catch (thrown) {
    const failure = toRepriseError(thrown);
    logger.error('A work failed for good, which could not be told.', { name, attempt, messageId, code: failure.code, cause: failure.cause });
    // Whoever waits for the work would wait forever: so it isn't given up before its end is told.
    if (isWorthAnotherAttempt(failure.toBody(), attempt, maxAttempts + EXTRA_ATTEMPTS_TO_TELL)) return again(failure.toBody());
  }
  return { then: 'dead', error, failures: withFailure(delivery, error) };
}
