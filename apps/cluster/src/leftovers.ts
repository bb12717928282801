import { readFileSync } from 'node:fs';
import { killGroup } from '@reprise/engines';
import type { ClusterFile } from './cluster-file.js';

/**
 * Ends engines of a run before that was killed: each is in a process group of its own and lives on. A process counts as ours when its command
 * line names the data folder; the numbers of processes come around. Services end by themselves when the one who started them is gone.
 */
export async function endLeftovers(file: ClusterFile, dataDir: string): Promise<void> {
  for (const { pid } of file.left()) {
    const group = groupOf(pid);
    if (group !== undefined && commandLine(pid).includes(dataDir)) await killGroup(group);
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** From Linux's procfs: the fifth field, behind the name in brackets. */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}
