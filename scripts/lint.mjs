/**
 * `npm run lint`: ESLint's rules about types need the declarations that a build makes, the one about boundaries needs Nx's project graph; then the
 * formatter.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { node, prepare, root } from './workspace.mjs';

prepare();
process.env.NX_DAEMON = 'false';
const { createProjectGraphAsync } = await import('@nx/devkit');
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
