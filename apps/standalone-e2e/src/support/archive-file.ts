import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the archive of a backup lies, from the folder `archives` on; undefined if there is none. */
export function archiveFileOf(dataDir: string, backupId: string): string | undefined {
  const name = readdirSync(join(dataDir, 'archives', 'archives')).find((each) => each.startsWith(`${backupId}.`));
  return name === undefined ? undefined : `archives/archives/${name}`;
}
