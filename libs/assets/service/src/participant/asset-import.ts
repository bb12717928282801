import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { assetObjectKey, assetObjectsOf, discardedError, DiscardedApps } from '@reprise/assets-core';
import { decodeImportPlan, openObject, streamEntry, type AssetImportItem, type AssetImportPlan, type RandomAccess } from '@reprise/backup-archive';
import type { ImportSegment, SegmentResult } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { readAhead } from './read-ahead.js';
import { Warnings } from './warnings.js';

const FILES_AT_ONCE = 4;

/** Copies the files of a segment from an archive to where the restored app's events name them. May run again: the same keys get the same bytes. */
@Injectable()
export class AssetImport {
  constructor(
    private readonly discarded: DiscardedApps,
    private readonly assets: AssetObjects,
    private readonly archives: ArchiveObjects,
  ) {}

  /** `alive` throws when the job doesn't want the segment any more. */
  async run({ appId, archiveKey, planKey }: ImportSegment, alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    await this.clearIfDiscarded(appId);
    const { items } = await this.plan(planKey);
    const archive = await openObject(this.archives, archiveKey);
    try {
      return await this.copyAll(appId, archive, items, alive);
    } finally {
      // However it ended: a job that was cancelled discards as soon as it has told so, while the last files are still on their way.
      await this.clearIfDiscarded(appId);
    }
  }

  private async copyAll(appId: string, archive: RandomAccess, items: readonly AssetImportItem[], alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    const result = { assets: 0, lostAssets: 0, bytes: 0 };
    const warnings = new Warnings();
    const wanted = async function* () {
      for (const item of items) {
        await alive();
        yield item;
      }
    };
    for await (const { item, size } of readAhead(wanted(), FILES_AT_ONCE - 1, (item) => this.copy(appId, archive, item))) {
      if (size === undefined) {
        result.lostAssets++;
        warnings.add(`The file ${item.name} of the asset ${item.assetId} is not in the archive.`);
        continue;
      }
      if (item.fileSize !== null && size !== item.fileSize) warnings.add(`The file ${item.name} has ${size} bytes, its event says ${item.fileSize}.`);
      result.assets++;
      result.bytes += size;
    }
    return { ...result, ...warnings.result() };
  }

  private async plan(planKey: string): Promise<AssetImportPlan> {
    const plan = decodeImportPlan(await this.archives.read(planKey));
    if (plan.kind !== 'assets') throw new RepriseError('internal', 'assets.plan-mismatch', `The import plan '${planKey}' is one of ${plan.kind}.`);
    return plan;
  }

  /** Bytes copied; undefined where the archive has no file. */
  private async copy(appId: string, archive: RandomAccess, item: AssetImportItem): Promise<{ item: AssetImportItem; size: number | undefined }> {
    const { entry, position } = item;
    // An empty entry is how a missing file is told; of an empty file it is the file.
    if (!entry || (entry.size === 0 && item.fileSize !== 0)) return { item, size: undefined };
    const hash = createHash('sha256');
    const bytes = async function* () {
      for await (const chunk of streamEntry(archive, entry)) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const key = assetObjectKey(appId, { restored: true, position });
    const { size } = await this.assets.put(key, bytes());
    if (item.sha256 !== undefined && hash.digest('hex') !== item.sha256) {
      throw new RepriseError(
        'corrupt',
        'archive.manifest-mismatch',
        `The file ${item.name} of the archive is not the one that its manifest names. Take an undamaged copy of the archive.`,
      );
    }
    return { item, size };
  }

  /** What was written between the tombstone and now must not stay either. */
  private async clearIfDiscarded(appId: string): Promise<void> {
    if (!(await this.discarded.has(appId))) return;
    await this.assets.deleteAll(assetObjectsOf(appId));
    throw discardedError();
  }
}
