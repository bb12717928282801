/**
 * `collect.mjs FOLDER`: copies what the image holds into the folder. That is the programs, and what they import, one by the other: no
 * dependencies of tests and tools, nor the pinned Node, which the image has; of all only what runs, without tests, types and maps.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = ['standalone', 'gateway', 'app-registry', 'event-store', 'contents', 'assets', 'backup-orchestrator', 'migration', 'cli'];
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [target] = process.argv.slice(2);

const seen = new Set();
for (const name of PROGRAMS) collect(join(root, 'apps', name));
for (const file of ['package.json', 'LICENSE', 'deploy/image/health.mjs']) cpSync(join(root, file), join(target, file));

/** Copies a package and those it depends on. */
function collect(folder) {
  if (seen.has(folder)) return;
  seen.add(folder);
  const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const to = join(target, relative(root, folder));
  if (isOurs(folder)) {
    cpSync(join(folder, 'package.json'), join(to, 'package.json'));
    cpSync(join(folder, 'dist'), join(to, 'dist'), { recursive: true, filter: (path) => isForRunning(path) && path !== join(folder, 'dist', 'testing') });
  } else {
    // What is nested in it is copied for whoever needs it.
    cpSync(folder, to, { recursive: true, filter: (path) => isForRunning(path) && path !== join(folder, 'node_modules') });
  }
  for (const [name, mayBeMissing] of dependenciesOf(description)) {
    const place = find(name, folder);
    if (place !== undefined) {
      const dependency = realpathSync(place);
      if (dependency !== place) link(place, dependency);
      collect(dependency);
    } else if (!mayBeMissing) throw new Error(`${description.name} needs ${name}, which is not installed.`);
  }
}

function dependenciesOf({ dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [
    ...Object.keys(dependencies).map((name) => [name, name in optionalDependencies]),
    ...Object.keys(optionalDependencies).map((name) => [name, true]),
    ...peers.map((name) => [name, false]),
  ];
}

/** As Node looks for it. */
function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(place)) return place;
    if (folder === root) return undefined;
  }
}

function link(place, dependency) {
  const at = join(target, relative(root, place));
  if (existsSync(at)) return;
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(relative(dirname(at), join(target, relative(root, dependency))), at);
}

function isOurs(folder) {
  return !relative(root, folder).split('/').includes('node_modules');
}

function isForRunning(path) {
  return !/\.(map|tsbuildinfo|[cm]?ts)$|\.spec\.js$/.test(path);
}
