/**
 * `npm run mutation [-- PART …]`: changes the archive library, the jobs' core and the sagas in small ways, one at a time, and asks whether a
 * test notices. Each part takes a good while. What is built is changed in place and put back, so the workspace is for nothing else meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from '../workspace.mjs';
import { parts } from './parts.mjs';

const chosen = process.argv.slice(2);
const unknown = chosen.filter((part) => !Object.hasOwn(parts, part));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}. The parts are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

prepare();
const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
for (const part of chosen.length > 0 ? chosen : Object.keys(parts)) {
  const env = { ...process.env, REPRISE_MUTATED: part };
  const { status } = spawnSync(node, [stryker, 'run', 'scripts/test-quality/stryker.config.mjs'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
