import { join } from 'node:path';
import { segmentsOfKey } from '@reprise/objects-core';

/** Error `objects.key-invalid` for what isn't a key of ours. */
export function pathOfKey(root: string, key: string): string {
  return join(root, ...segmentsOfKey(key));
}
