import { isRepriseError, RepriseError } from '@reprise/kernel';
import { objectNotFound } from '@reprise/objects-core';
import { S3Error } from 'minio';

/** An answer that says nothing about the request: the server is overloaded, starting, or broken for now. */
export class ServerTrouble extends Error {
  constructor(readonly status: number) {
    super(`The server answered with status ${status}.`);
  }
}

const NOT_FOUND = ['NoSuchKey', 'NotFound', 'NoSuchVersion'];
const FULL = ['XMinioStorageFull', 'StorageFull', 'InsufficientStorage', 'InsufficientCapacity', 'QuotaExceeded', 'XMinioAdminBucketQuotaExceeded'];
const REFUSED = ['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'NoSuchBucket', 'RequestTimeTooSkewed', 'AccountProblem', 'AllAccessDisabled'];
/** What was sent isn't what arrived: sending it again helps. The last is what a cut connection leaves. */
const GARBLED = ['BadDigest', 'XAmzContentSHA256Mismatch', 'InvalidDigest', 'IncompleteBody', 'RequestTimeout'];
const BUSY = ['SlowDown', 'ServiceUnavailable', 'InternalError', 'XMinioServerNotInitialized', 'OperationAborted', 'XMinioBackendDown'];

export function s3CodeOf(error: unknown): string | undefined {
  return error instanceof S3Error ? error.code : undefined;
}

export function unreachable(cause: unknown): RepriseError {
  return new RepriseError('unavailable', 'storage.unreachable', 'The object store does not answer as it should. Check that it runs and can be reached.', {
    cause,
  });
}

/** What the client throws, in the words of the port. */
export function storageError(key: string, error: unknown): RepriseError {
  if (isRepriseError(error)) return error;
  const code = s3CodeOf(error);
  if (error instanceof ServerTrouble || isNetworkError(error) || isUnreadable(error)) return unreachable(error);
  if (code !== undefined) {
    if (NOT_FOUND.includes(code)) return objectNotFound(key);
    if (code === 'InvalidRange') return new RepriseError('invalid', 'objects.range-invalid', `The object '${key}' doesn't have these bytes.`, { cause: error });
    if (FULL.includes(code)) {
      return new RepriseError('unavailable', 'storage.full', 'There is no space left in the object store. Make room and try again.', { cause: error });
    }
    if (GARBLED.includes(code) || BUSY.includes(code)) return unreachable(error);
    if (REFUSED.includes(code)) {
      return new RepriseError(
        'unavailable',
        'storage.refused',
        `The object store refuses what it is asked for (${code}). Check its keys, their rights, the bucket, and both clocks.`,
        { cause: error },
      );
    }
  }
  return new RepriseError('internal', 'internal', 'An internal error occurred. The log has the details.', { cause: error });
}

/** With an errno, from the socket or the look-up of the name. */
function isNetworkError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && !(error instanceof S3Error);
}

/** An error within an answer of status 200 (S3 has them for what takes long), of which the client makes an error without a code, or stumbles. */
function isUnreadable(error: unknown): boolean {
  return (error instanceof S3Error && !error.code) || error instanceof TypeError;
}
