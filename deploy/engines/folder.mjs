import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where programs are installed: of the user's, so that all checkouts share it. */
export const folder = process.env.REPRISE_ENGINES_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'reprise', 'engines');
export const bin = join(folder, 'bin');

/** Whether the program is in our folder. */
export const isInstalled = (program) => existsSync(join(bin, program));

/** Whether the program is in the path. */
export const isInPath = (program) => (process.env.PATH ?? '').split(delimiter).some((place) => existsSync(join(place, program)));
