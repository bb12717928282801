import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectInfo } from '@reprise/objects-core';
import { isMissing } from './file-errors.js';

/** Objects below the folder whose name there starts with `nameStart`, in order of keys, folder by folder: never all names at once. */
export async function* listFolder(root: string, folder: string, nameStart = ''): AsyncGenerator<ObjectInfo> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.name.startsWith(nameStart) && !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
    // In keys a folder's name goes on with its slash, which comes behind '-' and '.' and before letters.
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const key = folder === '' ? name : `${folder}/${name}`;
    if (name.endsWith('/')) {
      yield* listFolder(root, key.slice(0, -1));
      continue;
    }
    const info = await stat(join(root, key)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (info) yield { key, size: info.size, modified: info.mtime };
  }
}
