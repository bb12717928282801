import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where programs are installed: of the user's, so that all checkouts share it. */
export const folder = process.env.REPRISE_ENGINES_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'reprise', 'engines');
export const bin = join(folder, 'bin');

/** Programs say their versions in ways of their own, if at all, so it is noted beside each. Those that were installed before it was can only be these. */
const BEFORE_NOTES = { minio: 'v0.0.0-20260212201848-7aac2a2c5b7c', weed: '4.48', 'secantusd-rs': '0.5.3-beta.196' };

/** A program of our folder, in one version. */
export function pinned(program, version) {
  const note = join(bin, `.${program}.version`);
  const present = () => {
    if (!existsSync(join(bin, program))) return undefined;
    return existsSync(note) ? readFileSync(note, 'utf8') : BEFORE_NOTES[program];
  };
  return {
    /** The version, if it is there. */
    find: () => (present() === version ? version : undefined),
    /** Another version that is in its place, if any. */
    other: () => (present() === version ? undefined : present()),
    /** It has been installed. */
    note: () => writeFileSync(note, version),
  };
}

/** Whether the program is in the path. */
export const isInPath = (program) => (process.env.PATH ?? '').split(delimiter).some((place) => existsSync(join(place, program)));
