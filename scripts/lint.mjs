/** `npm run lint`: the boundary rule needs Nx's project graph, which is made here first; then ESLint, then the formatter. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createProjectGraphAsync } from '@nx/devkit';
import { node, root } from './workspace.mjs';

process.env.NX_DAEMON = 'false';
await createProjectGraphAsync({ exitOnError: true });

const tools = [
  ['eslint', 'bin', 'eslint.js', '.', '--max-warnings', '0'],
  ['prettier', 'bin', 'prettier.cjs', '--check', '.'],
];
const failed = tools.filter(([name, folder, file, ...args]) => {
  const { status } = spawnSync(node, [join(root, 'node_modules', name, folder, file), ...args], { cwd: root, stdio: 'inherit' });
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
