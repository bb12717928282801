import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';

/** Whether it is a folder that may be written to, or could be made. Changes nothing. */
export function isUsableFolder(path: string): boolean {
  const folder = resolve(path);
  try {
    const info = statSync(folder, { throwIfNoEntry: false });
    if (!info) return folder !== dirname(folder) && isUsableFolder(dirname(folder));
    accessSync(folder, constants.W_OK | constants.X_OK);
    return info.isDirectory();
  } catch {
    return false;
  }
}

/**
 * A folder belongs to one process. The lock is one of the operating system's on a file, by way of SQLite, so that it ends with the process,
 * however that ends: nothing has to be cleaned up. `setting` names the folder in errors: `standalone.folder-in-use` (conflict),
 * `standalone.folder-unusable` (invalid).
 */
export function lockFolder(folder: string, setting: string): { release(): void } {
  let database: DatabaseSync | undefined;
  try {
    makeFolder(folder);
    database = new DatabaseSync(join(folder, '.lock'));
    database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const held = database;
    return { release: () => held.close() };
  } catch (cause) {
    database?.close();
    if (cause instanceof Error && /locked|busy/i.test(cause.message)) {
      throw new RepriseError(
        'conflict',
        'standalone.folder-in-use',
        `Another Reprise process uses the folder of ${setting}. Stop it first, or choose another folder.`,
        { cause },
      );
    }
    const { code, errcode } = cause as { code?: string; errcode?: number };
    const reason = code === 'ERR_SQLITE_ERROR' ? `SQLite error ${errcode}` : code;
    throw new RepriseError('invalid', 'standalone.folder-unusable', `${setting} must be a folder that may be written to (${reason}).`, { cause });
  }
}

/** Level by level: on some file systems (procfs) Node's own recursive way never ends. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
