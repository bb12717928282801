import { RepriseError } from '@reprise/kernel';
import { mongo, Error as MongooseError } from 'mongoose';

const DUPLICATE_KEY = 11_000;
/**
 * What a server says that stops, has started again, or isn't the primary any more: the specification of retryable reads names them all but the first two, a
 * cursor that went with the process that had it, and a write that no majority has seen.
 */
const SERVER_WENT_AWAY = new Set([43, 64, 6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** Of Node's sockets: the driver hands them on as they are when a connection ends while a command is written to it. */
const CONNECTION_LOST = [
  'EPIPE',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
];

/** Whether a unique index refused it, or all that a bulk write couldn't do; with `fields` whether it was the index over these. */
export function isDuplicate(error: unknown, ...fields: string[]): boolean {
  if (!(error instanceof mongo.MongoServerError) || error.code !== DUPLICATE_KEY) return false;
  if (error instanceof mongo.MongoBulkWriteError) return fields.length === 0 && failedOf(error).every(({ code }) => code === DUPLICATE_KEY);
  const pattern = Object.keys((error as unknown as { keyPattern?: object }).keyPattern ?? {});
  return fields.length === 0 || (pattern.length === fields.length && fields.every((field) => pattern.includes(field)));
}

/** What a bulk write couldn't do: indexes among its operations, with codes. */
export function failedOf(error: mongo.MongoBulkWriteError): { index: number; code: number }[] {
  return [error.writeErrors].flat().map(({ index, code }) => ({ index, code: code }));
}

/** A bulk write whose connection was lost says so in an error of its own, around the one that tells. */
function unwrapped(error: unknown): unknown {
  const inner: unknown = error instanceof mongo.MongoBulkWriteError ? error.errorResponse : undefined;
  return inner instanceof mongo.MongoError ? inner : error;
}

/**
 * Whether it can't be told if a write was done: the connection or the server was lost on the way. Ask the database before writing again.
 */
export function isUnknownOutcome(thrown: unknown): boolean {
  const error = unwrapped(thrown);
  if (error instanceof mongo.MongoServerSelectionError) return false;
  return (
    error instanceof mongo.MongoNetworkError ||
    (error instanceof Error && CONNECTION_LOST.includes(String((error as NodeJS.ErrnoException).code))) ||
    error instanceof mongo.MongoWriteConcernError ||
    (error instanceof mongo.MongoError && error.hasErrorLabel('RetryableWriteError'))
  );
}

function isUnreachable(error: unknown): boolean {
  return (
    isUnknownOutcome(error) ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof MongooseError.MongooseServerSelectionError ||
    // Of a process that stops.
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoClientClosedError ||
    error instanceof mongo.MongoTopologyClosedError ||
    (error instanceof mongo.MongoServerError && SERVER_WENT_AWAY.has(Number(error.code)))
  );
}

/** The driver's errors as ours: `storage.unreachable`, `storage.full` (both unavailable); others stay what they are. */
export function toStorageError(thrown: unknown): unknown {
  const error = unwrapped(thrown);
  if (isUnreachable(error)) {
    return new RepriseError('unavailable', 'storage.unreachable', 'The database cannot be reached, or went away meanwhile. Try again once it is back.', {
      cause: error,
    });
  }
  if (error instanceof mongo.MongoServerError && /no space left|disk full|OutOfDiskSpace/i.test(error.message)) {
    return new RepriseError('unavailable', 'storage.full', 'There is no space left on the disk of the database. Make room and try again.', { cause: error });
  }
  return error;
}

/** Runs it with the driver's errors as ours. */
export async function storing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toStorageError(error);
  }
}

/** What a cursor brings, with the driver's errors as ours. */
export async function* eachOf<Item>(cursor: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    yield* cursor;
  } catch (error) {
    throw toStorageError(error);
  }
}
