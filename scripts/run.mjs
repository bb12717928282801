/**
 * `node scripts/run.mjs FILE [ARGUMENT …]`: makes the workspace ready, then runs a file on the pinned Node, in the foreground: in
 * this very process if it is that Node already, else in a child that ends with it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node, prepare, root } from './workspace.mjs';

const PINNED_MAJOR = 24;
const [file, ...args] = process.argv.slice(2);
prepare();
const path = join(root, file);
endWithNpm();

if (Number(process.versions.node.split('.')[0]) >= PINNED_MAJOR) {
  process.argv.splice(1, 2, path);
  await import(pathToFileURL(path).href);
} else {
  const child = spawn(node, [...process.execArgv, path, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** npm that is killed tells nobody: what it started must not run on without it. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  setInterval(() => process.ppid === npm || process.kill(process.pid, 'SIGTERM'), 500).unref();
}
