import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { archiveViolations } from './archives.js';
import { filesBelow } from './files.js';
import { jobViolations } from './jobs.js';
import { logViolations } from './logs.js';
import { assetFileViolations, workFileViolations } from './objects.js';
import { readModelViolations } from './read-models.js';
import { registryViolations } from './registry.js';
import { Rows } from './rows.js';

export interface Folders {
  dataDir: string;
  /** `archives` of the data's folder if absent. */
  archiveDir?: string;
}

/**
 * What isn't as it must be in the data of a standalone where nothing is under way: no job runs, no command, no upload. One line for each, which
 * names the app, job or file; none is the good news. Only reads; the server may run or not.
 */
export async function violationsOf({ dataDir, archiveDir = join(dataDir, 'archives') }: Folders): Promise<string[]> {
  const database = new DatabaseSync(join(dataDir, 'reprise.db'), { readOnly: true, timeout: 5_000 });
  try {
    const rows = new Rows(database);
    const assets = await filesBelow(join(dataDir, 'assets'));
    const archives = await filesBelow(archiveDir);
    return [
      ...rows.texts(`SELECT integrity_check AS text FROM pragma_integrity_check WHERE integrity_check <> 'ok'`),
      ...logViolations(rows),
      ...registryViolations(rows),
      ...readModelViolations(rows),
      ...jobViolations(rows),
      ...assetFileViolations(rows, assets),
      ...workFileViolations(rows, archives),
      ...(await archiveViolations(rows, archiveDir)),
    ];
  } finally {
    database.close();
  }
}
