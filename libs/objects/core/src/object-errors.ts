import { RepriseError } from '@reprise/kernel';
import type { ByteRange } from './object-store.js';

export function objectNotFound(key: string): RepriseError {
  return new RepriseError('not-found', 'objects.not-found', `There is no object '${key}'.`);
}

export function rangeInvalid(key: string, { start, end }: ByteRange, size?: number): RepriseError {
  const has = size === undefined ? '' : `, which has ${size}`;
  return new RepriseError('invalid', 'objects.range-invalid', `Bytes ${start} to ${end} aren't in the object '${key}'${has}.`);
}

export function objectTruncated(key: string): RepriseError {
  return new RepriseError(
    'corrupt',
    'objects.truncated',
    `The object '${key}' became shorter while it was read. Objects are never changed by us: look at where it is stored.`,
  );
}
