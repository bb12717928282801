/**
 * What `npm start`, `npm test` and the like need before they can run: the dependencies and a build, each made only when what
 * it depends on has changed. Runs on the machine's own Node (20 or later), before the workspace's is there.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The Node that the workspace pins. */
export const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const stamps = join(root, 'node_modules', '.cache', 'reprise');

/** Installs and builds, if need be. Ends the process with the tool's own code when one fails. */
export function prepare() {
  const lock = fingerprint(['package-lock.json']);
  if (stamp('install') !== lock || !existsSync(node)) {
    run('npm', ['ci', '--no-audit', '--no-fund'], 'installing the dependencies');
    writeStamp('install', lock);
  }
  const sources = fingerprint(sourceFiles());
  if (stamp('build') !== sources || !existsSync(join(root, 'apps', 'standalone', 'dist', 'main.js'))) {
    build();
    writeStamp('build', sources);
  }
}

export function build() {
  pruneOrphans();
  run(node, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'building');
}

function run(command, args, what) {
  const started = Date.now();
  process.stderr.write(`reprise: ${what} …\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, NX_DAEMON: 'false' } });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(`reprise: ${what} failed, see above.\n`);
    process.exit(status ?? 1);
  }
  process.stderr.write(`reprise: ${what} took ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function projects() {
  const folders = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  return [...folders('apps'), ...folders('libs'), ...folders('libs').flatMap(folders)].filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
}

function files(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1));
}

function sourceFiles() {
  return [
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.base.json',
    ...projects().flatMap((project) => [join(project, 'tsconfig.json'), join(project, 'package.json'), ...files(join(project, 'src'))]),
  ];
}

/** By time and size, as make does: quick, and a fresh checkout differs from none that was built. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths.toSorted()) {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** The compiler leaves the output of a source that is gone; a test that was removed must not go on running. */
function pruneOrphans() {
  for (const project of projects()) {
    const dist = join(project, 'dist');
    if (!existsSync(join(root, dist))) continue;
    for (const file of files(dist)) {
      const source = join(project, 'src', file.slice(dist.length + 1).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts'));
      if (/\.(js|ts|map)$/.test(file) && !existsSync(join(root, source))) rmSync(join(root, file));
    }
  }
}

function stamp(name) {
  const file = join(stamps, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function writeStamp(name, value) {
  mkdirSync(stamps, { recursive: true });
  writeFileSync(join(stamps, name), value);
}
