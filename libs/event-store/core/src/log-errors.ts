import { RepriseError } from '@reprise/kernel';
import type { LogHead } from './event-log.js';

/** What a log refuses, in the same words whatever keeps it. */

export function versionConflict(expectedVersion: number): RepriseError {
  const message = `The object was changed in the meantime: it is not at version ${expectedVersion}. Read it again and repeat the change.`;
  return new RepriseError('conflict', 'log.version-conflict', message);
}

export function conditionFailed(kinds: readonly string[]): RepriseError {
  const message = `The app was changed in the meantime (${kinds.join(', ')}), which the decision rests on. Repeat the request.`;
  return new RepriseError('conflict', 'log.condition-failed', message);
}

export function logNotOpen(appId: string, state: LogHead['state']): RepriseError {
  const why = state === 'purged' ? 'it was removed for good' : state === 'open' ? 'its restore has ended' : 'a restore is filling it';
  return new RepriseError('conflict', 'log.not-open', `The log of app ${appId} takes no events: ${why}.`);
}

/** Throws for a log that isn't under the job that restores it, or that has restored it. */
export function checkHeld(appId: string, holder: string, log: { state: LogHead['state']; holder?: string | null } | undefined): void {
  if (log?.state === 'purged') throw new RepriseError('conflict', 'log.purged', `App ${appId} was removed for good. Its id can't be used again.`);
  if (log?.holder !== holder) throw new RepriseError('conflict', 'log.not-importing', `The log of app ${appId} is not being restored by job ${holder}.`);
}

export function importMismatch(appId: string, position: number): RepriseError {
  const message = `Position ${position} of app ${appId} already holds another event, or its version of the stream is taken. Restore the archive again.`;
  return new RepriseError('corrupt', 'log.import-mismatch', message);
}

export function logIncomplete(appId: string, { events, last }: { events: number; last: number }): RepriseError {
  const message = `The log of app ${appId} has ${events} events, but its last position is ${last}. Restore it again.`;
  return new RepriseError('corrupt', 'log.incomplete', message);
}
