import { RepriseError, toRepriseError } from '@reprise/kernel';
import { objectNotFound } from '@reprise/objects-core';

export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** There is no file: neither it nor a folder on the way to it, or a folder is in its place. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '');
}

/** What the file system says, in the words of the port. */
export function readError(key: string, error: unknown): RepriseError {
  return isMissing(error) ? objectNotFound(key) : toRepriseError(error);
}

export function writeError(key: string, error: unknown): RepriseError {
  if (['ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) {
    return new RepriseError(
      'invalid',
      'objects.key-invalid',
      `'${key}' can't be the key of an object: another object's key is its folder, or the other way round.`,
      {
        cause: error,
      },
    );
  }
  return toRepriseError(error);
}
