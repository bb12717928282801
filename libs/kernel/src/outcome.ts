import { isRepriseError, RepriseError, type ErrorBody } from './errors.js';

/** Said by whoever didn't take what was sent to him, or had no room to store it. Any other error may come from a step that followed one which was done. */
const NOTHING_DONE: ReadonlySet<string> = new Set(['messaging.unroutable', 'messaging.unreachable', 'messaging.blocked', 'messaging.late', 'storage.full']);
const NO_ANSWER = /(^|\.)(timeout|timed-out|deadline|interrupted|outcome-unknown)$/;

/** Whether an error says itself that no answer came, or none in time; or, of a command, that nobody knows whether it was done. */
export function saysNoAnswer({ code }: Pick<ErrorBody, 'code'>): boolean {
  return NO_ANSWER.test(code);
}

/** Whether a command that failed with it may have been done all the same. Of kind `unavailable` each is such an error, unless its code says otherwise. */
export function leavesOutcomeUnknown({ kind, code }: Pick<ErrorBody, 'kind' | 'code'>): boolean {
  return kind === 'unavailable' && !NOTHING_DONE.has(code);
}

/** The error as one that says so: `commands.outcome-unknown` (unavailable), unless its own code does. */
export function outcomeUnknown(error: RepriseError): RepriseError {
  if (saysNoAnswer(error)) return error;
  const message = `It may have been done all the same: look before trying again, or send it again with the same idempotency key. The reason: ${error.message}`;
  return new RepriseError('unavailable', 'commands.outcome-unknown', message, { cause: error });
}

/** Runs what follows an effect that is stored: when a part of it is down or full by then, nobody may say that nothing was done. */
export async function afterEffect<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isRepriseError(error) && error.kind === 'unavailable' ? outcomeUnknown(error) : error;
  }
}
