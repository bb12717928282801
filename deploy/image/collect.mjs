/**
 * What the image holds. `--workspaces` prints npm's arguments for the programs in it; `collect.mjs FOLDER` copies into the folder what they
 * run on: built files without tests, types and maps, and the dependencies that npm has installed for them.
 */
import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = ['standalone', 'gateway', 'app-registry', 'event-store', 'contents', 'assets', 'backup-orchestrator', 'migration', 'cli'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const [target] = process.argv.slice(2);

if (target === '--workspaces') console.log(PROGRAMS.map((name) => `--workspace=apps/${name}`).join(' '));
else collect();

function collect() {
  for (const project of [...PROGRAMS.map((name) => join(root, 'apps', name)), ...libraries()]) copyProject(project);
  copyModules(join(root, 'node_modules'));
  for (const file of ['package.json', 'LICENSE', 'deploy/image/health.mjs']) cpSync(join(root, file), join(target, file));
}

/** Those of ours that the programs import, one by the other. */
function libraries() {
  const found = new Set();
  const visit = (folder) => {
    for (const name of Object.keys(packageOf(folder).dependencies ?? {}).filter((dependency) => dependency.startsWith('@reprise/'))) {
      const library = realpathSync(join(root, 'node_modules', name));
      if (found.has(library)) continue;
      found.add(library);
      visit(library);
    }
  };
  for (const name of PROGRAMS) visit(join(root, 'apps', name));
  return found;
}

function copyProject(folder) {
  const to = join(target, relative(root, folder));
  cpSync(join(folder, 'package.json'), join(to, 'package.json'));
  cpSync(join(folder, 'dist'), join(to, 'dist'), { recursive: true, filter: isForRunning });
  if (existsSync(join(folder, 'node_modules'))) copyModules(join(folder, 'node_modules'));
  // Under its own name for those that import it.
  const { name } = packageOf(folder);
  const link = join(target, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(relative(dirname(link), to), link);
}

/** Without links: those to our own projects are made here, and commands are for people. */
function copyModules(folder) {
  const to = join(target, relative(root, folder));
  cpSync(folder, to, {
    recursive: true,
    filter: (path) => !/\/\.(bin|cache|package-lock\.json)$/.test(path) && !lstatSync(path).isSymbolicLink() && isForRunning(path),
  });
  if (existsSync(to) && readdirSync(to).length === 0) rmSync(to, { recursive: true });
}

function isForRunning(path) {
  return !/\.(map|tsbuildinfo)$|\.d\.[cm]?ts$|\.spec\.js$/.test(path);
}

function packageOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
