import { RepriseError, toRepriseError } from '@reprise/kernel';

/** As adapters tell of a disk without room. */
export function diskFull(): RepriseError {
  return toRepriseError(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28, syscall: 'write' }));
}

/** As adapters tell of an engine that is away for a moment. */
export function engineAway(): RepriseError {
  return new RepriseError('unavailable', 'engine.away', 'The engine does not answer. Try again.');
}
