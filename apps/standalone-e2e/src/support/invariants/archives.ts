import { join } from 'node:path';
import { ArchivePool, openFile } from '@reprise/backup-archive';
import { verifyArchive } from '@reprise/backup-inspection';
import { completedBackups } from './objects.js';
import type { Rows } from './rows.js';

/** Each archive of a completed backup can be read to its last byte and is what its manifest says. */
export async function archiveViolations(rows: Rows, archiveDir: string): Promise<string[]> {
  const violations: string[] = [];
  for (const { key, root } of completedBackups(rows)) {
    for (const finding of await findingsIn(join(archiveDir, key), root)) violations.push(`The archive ${key} does not verify: ${finding}`);
  }
  return violations;
}

async function findingsIn(file: string, expectedRoot: string): Promise<string[]> {
  const pool = new ArchivePool({ threads: 1 });
  const source = await openFile(file).catch(() => undefined);
  if (!source) return ['it is not there.'];
  try {
    const { findings, root } = await verifyArchive(source, pool);
    if (findings.length > 0) return findings;
    return root === expectedRoot ? [] : [`its manifest has the root ${root}, the backup says ${expectedRoot}.`];
  } finally {
    await source.close();
    await pool.destroy();
  }
}
