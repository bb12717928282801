import { RepriseError } from '@reprise/kernel';

/** A leading dot is the adapters' own (temporary files, marks); it also rules out `.` and `..`. */
const SEGMENT = /^[A-Za-z0-9_@-][A-Za-z0-9._@-]*$/;
const MAX_SEGMENT = 200;
const MAX_KEY = 900;

function invalidKey(key: string): RepriseError {
  const shown = JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}…` : key);
  return new RepriseError(
    'invalid',
    'objects.key-invalid',
    `${shown} can't be the key of an object: ids, slashes and A-Z a-z 0-9 . _ @ - make one, no name that somebody sent.`,
  );
}

function checkSegments(key: string, segments: readonly string[]): void {
  if (key.length > MAX_KEY || segments.some((segment) => segment.length > MAX_SEGMENT || !SEGMENT.test(segment))) throw invalidKey(key);
}

/** What stands between the slashes. Error `objects.key-invalid` for what isn't a key of ours. */
export function segmentsOfKey(key: string): string[] {
  const segments = key.split('/');
  checkSegments(key, segments);
  return segments;
}

/** A prefix is whole folders and the beginning of a name, which may be empty. Error `objects.key-invalid`. */
export function splitPrefix(prefix: string): { folder: string; nameStart: string } {
  const segments = prefix.split('/');
  const nameStart = segments.pop() ?? '';
  checkSegments(prefix, nameStart === '' ? segments : [...segments, nameStart]);
  return { folder: segments.join('/'), nameStart };
}

/** As {@link splitPrefix}, for deleting: a forgotten argument must not empty a store. Error `objects.key-invalid`. */
export function splitDeletedPrefix(prefix: string): { folder: string; nameStart: string } {
  if (prefix === '') throw new RepriseError('invalid', 'objects.key-invalid', 'An empty prefix names every object; name what is to be deleted.');
  return splitPrefix(prefix);
}
