import { RepriseError, toRepriseError } from '@reprise/kernel';

/** SQLite's primary result codes that are no bug of ours. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Anything thrown while SQLite worked, as an error with a kind: a full disk, a damaged file and a foreign lock are told apart. */
export function toStorageError(error: unknown): RepriseError {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  if (typeof code !== 'number') return toRepriseError(error);
  const options = { cause: error };
  switch (code & 0xff) {
    case FULL:
      return new RepriseError('unavailable', 'storage.full', 'There is no space left for the database. Make room on its disk and try again.', options);
    case BUSY:
    case LOCKED:
      return new RepriseError('unavailable', 'storage.busy', 'Another program holds the database. End it and try again.', options);
    case CORRUPT:
    case NOTADB:
      return new RepriseError(
        'corrupt',
        'storage.corrupt',
        'The database file is damaged. Put back a copy of it, or restore the apps from their archives.',
        options,
      );
    case READONLY:
    case CANTOPEN:
      return new RepriseError('unavailable', 'storage.not-writable', 'The database file can not be written. Check its folder and permissions.', options);
    case IOERR:
      return new RepriseError('unavailable', 'storage.io', 'The disk of the database reported an error. Check the disk and try again.', options);
    default:
      return toRepriseError(error);
  }
}
