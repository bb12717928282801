import { corrupt } from './errors.js';
import { countOf, readRuns, type EventRun } from './event-runs.js';
import type { ArchivedEvent } from './event-types.js';
import { FolderDigests } from './folder-digests.js';
import type { EventImportPlan } from './import-plan.js';
import { inOrder } from './in-order.js';
import { checkFolders } from './manifest.js';
import { unpackEvents } from './packed-events.js';
import type { ArchivePool } from './pool.js';
import type { RandomAccess } from './random-access.js';
import type { RestoreMapping } from './restore-mapping.js';

export interface ImportBatch {
  /** In order of positions, at most 1,000. */
  events: ArchivedEvent[];
  warnings: string[];
  /** Plain bytes read. */
  bytes: number;
}

/** The events of a segment: read, checked (against the manifest too, where the plan has its digests), transformed for their new app. */
export async function* readImport(source: RandomAccess, plan: EventImportPlan, mapping: RestoreMapping, pool: ArchivePool): AsyncGenerator<ImportBatch> {
  const count = plan.to - plan.from + 1;
  if (plan.entries.length !== count || plan.versions.length !== count) {
    throw corrupt('plan-invalid', 'A working file of the restore is damaged. Start the restore again.');
  }
  const first = plan.from - 1;
  const runs = readRuns(source, first, plan.to - 1, (number) => plan.entries[number - first]!);
  const digests = new FolderDigests();
  const decode = async (run: EventRun) => ({
    part: { first: run.first, count: countOf(run), ends: run.ends },
    decoded: await pool.run('decodeRun', { ...run, versions: plan.versions.slice(run.first - first, run.first - first + countOf(run)), mapping }),
  });
  for await (const { part, decoded } of inOrder(runs, decode, pool.threads + 1)) {
    const { texts, numbers, warnings, ...digest } = decoded;
    const folder = digests.add({ ...part, ...digest });
    if (folder && plan.folders) checkFolders(plan.folders, [folder]);
    yield { events: [...unpackEvents({ texts, numbers })], warnings, bytes: digest.size };
  }
}
