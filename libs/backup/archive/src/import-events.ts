import type { PackedEvents } from '@reprise/event-store-core';
import { corrupt, namingEvents } from './errors.js';
import { countOf, plainBytesOfRun, readRuns, type EventRun } from './event-runs.js';
import { FolderDigests } from './folder-digests.js';
import type { EventImportPlan } from './import-plan.js';
import { inOrder } from './in-order.js';
import { checkFolders } from './manifest.js';
import { widthOf, type ArchivePool } from './pool.js';
import type { RandomAccess } from './random-access.js';
import type { RestoreMapping } from './restore-mapping.js';

export interface ImportBatch {
  /** In order of positions, at most 1,000. */
  events: PackedEvents;
  warnings: string[];
  /** Plain bytes read. */
  bytes: number;
}

/** How events are read: for which app, where, and how large a backup of it may hold one. */
export interface ImportOptions {
  mapping: RestoreMapping;
  pool: ArchivePool;
  maxEventBytes: number;
}

/**
 * The events of a segment: read, checked (against the manifest too, where the plan has its digests), transformed for their new app.
 * Errors `archive.*`, each names the entry.
 */
export async function* readImport(source: RandomAccess, plan: EventImportPlan, { mapping, pool, maxEventBytes }: ImportOptions): AsyncGenerator<ImportBatch> {
  const count = plan.to - plan.from + 1;
  if (plan.entries.length !== count || plan.versions.length !== count) {
    throw corrupt('plan-invalid', 'A working file of the restore is damaged. Start the restore again.');
  }
  const first = plan.from - 1;
  const runs = readRuns(source, first, plan.to - 1, (number) => plan.entries[number - first]!);
  const digests = new FolderDigests();
  const decode = async (run: EventRun) => {
    const part = { first: run.first, count: countOf(run), ends: run.ends };
    const versions = plan.versions.slice(run.first - first, run.first - first + part.count);
    return { part, decoded: await pool.run('decodeRun', { ...run, versions, mapping, maxEventBytes }).catch(namingEvents(part)) };
  };
  for await (const { part, decoded } of inOrder(runs, decode, widthOf(pool, plainBytesOfRun))) {
    const { texts, numbers, warnings, ...digest } = decoded;
    const folder = digests.add({ ...part, ...digest });
    if (folder && plan.folders) checkFolders(plan.folders, [folder]);
    yield { events: { texts, numbers }, warnings, bytes: digest.size };
  }
}
