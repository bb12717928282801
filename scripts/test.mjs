/** `npm test [-- ARGUMENT …]`: makes the workspace ready and runs the tests; what is skipped is named at the end. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './workspace.mjs';

prepare();
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(node, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
