import { isRepriseError, RepriseError } from '@reprise/kernel';
import { MOST_VALUES } from './event-values.js';
import { eventPath } from './layout.js';

/** The bytes are damaged, or were changed by somebody who wanted us to trust them. */
export function corrupt(code: string, message: string, cause?: unknown): RepriseError {
  return new RepriseError('corrupt', `archive.${code}`, message, { cause });
}

/** More than this installation takes; `setting` is what says so. */
export function beyondLimit(code: string, what: string, { allowed, setting }: { allowed: number; setting: string }): RepriseError {
  return new RepriseError('limit', `archive.${code}`, `${what}, more than the ${allowed} that are allowed here (${setting}).`);
}

export function tooManyValues(entry: string): RepriseError {
  const what = `The event ${entry} holds more than ${MOST_VALUES} values beside the data of a content`;
  return new RepriseError('limit', 'archive.event-too-complex', `${what}: no genuine event does, and reading it would take too much memory.`);
}

/** The archive is whole, but holds what can't be restored. */
export function invalid(code: string, message: string, cause?: unknown): RepriseError {
  return new RepriseError('invalid', `archive.${code}`, message, { cause });
}

export function eventInvalid(entry: string, what: string, cause?: unknown): RepriseError {
  return invalid('event-invalid', `The entry ${entry} is no event that can be read: ${what}`, cause);
}

/** Errors about JSON don't know which entry they are about: this says it. */
export function aboutEvent(entry: string, error: unknown): RepriseError {
  if (isRepriseError(error) && error.code.startsWith('archive.')) return error;
  // Parsers quote what they read.
  return eventInvalid(entry, shownName(error instanceof Error ? error.message : String(error)), error);
}

/** A thread that died of its task doesn't know of what: this says among which events it was. */
export function namingEvents({ first, count }: { first: number; count: number }): (error: unknown) => never {
  return (error) => {
    if (!isRepriseError(error) || error.code !== 'archive.out-of-memory') throw error;
    const which = count === 1 ? `The event ${eventPath(first)} needs` : `One of the events ${eventPath(first)} to ${eventPath(first + count - 1)} needs`;
    throw new RepriseError('limit', error.code, `${which} more memory than a thread may take: it has too many parts.`, { cause: error });
  };
}

/** Names from an archive go into messages and logs: bounded, and without control characters. */
export function shownName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = name.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
  // A copy, because a piece of a text keeps all of it in memory.
  return clean.length > 120 ? `${Buffer.from(clean.slice(0, 117)).toString()}...` : clean;
}
