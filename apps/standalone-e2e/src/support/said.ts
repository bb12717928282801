import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerProcess } from '@reprise/server-process';
import { testsCluster } from './product.js';

/** What an installation has logged since its start: of a cluster, all its processes. */
export async function saidBy(server: ServerProcess): Promise<string> {
  if (!testsCluster) return server.said;
  const { processes } = JSON.parse(await readFile(join(server.dataDir, 'cluster.json'), 'utf8')) as { processes: { log: string }[] };
  return (await Promise.all(processes.map(({ log }) => readFile(log, 'utf8')))).join('');
}
