import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';

/**
 * A folder belongs to one process. The lock is one of the operating system's on a file, by way of SQLite, so that it ends with the process,
 * however that ends: nothing has to be cleaned up. Errors: `standalone.folder-in-use` (conflict), `standalone.folder-unusable` (invalid).
 */
export function lockFolder(folder: string): { release(): void } {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
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
        `Another Reprise process uses ${folder}. Stop it first, or choose another folder with REPRISE_DATA_DIR.`,
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RepriseError('invalid', 'standalone.folder-unusable', `The folder ${folder} can't be used: ${reason}. Check that it may be written to.`, {
      cause,
    });
  }
}
