import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
export const standaloneMain = join(root, 'apps/standalone/dist/main.js');
export const clusterMain = join(root, 'apps/cluster/dist/main.js');
export const cliMain = join(root, 'apps/cli/dist/main.js');

/** What the repository ships, and what lies beside it where there is room. */
const folders = [join(root, 'fixtures/archives'), join(root, '../shared/fixtures/archives')];

/** The path of an archive or of what is known of it; undefined if this machine doesn't have it. */
export function findFixture(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function fixture(name: string): string {
  const path = findFixture(name);
  if (!path) throw new Error(`There is no fixture ${name}.`);
  return path;
}

export interface Truth {
  appId: string;
  appName: string;
  eventCount: number;
  users: { id: string; email: string }[];
  final: Record<'schemasAlive' | 'contentsAlive' | 'contentsSoftDeleted' | 'assetsAlive' | 'assetsDeleted' | 'assetFoldersAlive' | 'rulesAlive', number>;
  assetTags: Record<string, string>;
  files: { attachment: string; assetId: string | null; fileVersion: number; size: number; sha256: string }[];
  streams: Record<string, number>;
}

export function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(fixture(`${name}.truth.json`), 'utf8')) as Truth;
}
