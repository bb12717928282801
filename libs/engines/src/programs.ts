import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Debian's own folder first: its wrapper in the path changes the user. */
const SYSTEM_FOLDERS = ['/usr/lib/rabbitmq/bin', ...(process.env.PATH ?? '').split(delimiter)];

/** Where `npm run engines -- install` puts programs: `REPRISE_ENGINES_DIR`, or a cache folder of the user's. */
export const enginesFolder = process.env.REPRISE_ENGINES_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'reprise', 'engines');

/** The program's path, if this machine has it. */
export function programNamed(name: string): string | undefined {
  return [join(enginesFolder, 'bin'), ...SYSTEM_FOLDERS].map((folder) => join(folder, name)).find(existsSync);
}

/** The program's path, or an error that says how to get it. */
export function requiredProgram(name: string): string {
  const path = programNamed(name);
  if (path === undefined) throw new Error(`${name} is not on this machine. Install it with: npm run engines -- install`);
  return path;
}
