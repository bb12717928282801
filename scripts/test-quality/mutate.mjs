/**
 * `npm run mutation [-- PART[/FILE] …]`: changes the archive library, the jobs' core and the sagas in small ways, one at a time, and asks whether a
 * test notices. A part takes a good while, `archive/manifest` minutes. What is built is changed in place and put back, so the workspace is for
 * nothing else meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from '../workspace.mjs';
import { parts } from './parts.mjs';

/** The files that were asked for, by part; none: all of it. */
const chosen = new Map();
for (const argument of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts)) {
  const [part, ...file] = argument.split('/');
  if (!Object.hasOwn(parts, part)) {
    console.error(`There is no part ${part}. The parts are ${Object.keys(parts).join(', ')}.`);
    process.exit(2);
  }
  chosen.set(part, [...(chosen.get(part) ?? []), ...(file.length > 0 ? [file.join('/')] : [])]);
}

prepare();
const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
for (const [part, files] of chosen) {
  const env = { ...process.env, REPRISE_MUTATED: part, ...(files.length > 0 ? { REPRISE_MUTATED_FILES: files.join() } : {}) };
  const { status } = spawnSync(node, [stryker, 'run', 'scripts/test-quality/stryker.config.mjs'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
