import { Injectable } from '@nestjs/common';
import { assetObjectKeyOf } from '@reprise/assets-core';
import { assetFileOf, AssetFragmentWriter, digestOf, exportFragments, EXTERNAL_ASSET_BYTES, type NewFragment } from '@reprise/backup-archive';
import type { ExportSegment, SegmentResult } from '@reprise/contracts';
import { eventAt, EventLogReader } from '@reprise/event-store-core';
import { Clock, hasCode, Logger } from '@reprise/kernel';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { readAhead } from './read-ahead.js';
import { Warnings } from './warnings.js';

const EVENTS_AT_ONCE = 500;
/** Times the size from which a file is no more read whole: what an export holds in memory at most. */
const FILES_AHEAD = 3;

interface AssetFile {
  position: number;
  /** In the archive. */
  name: string;
  /** In the asset store. */
  key: string;
}

type FoundFile = { file: AssetFile } & ({ content: Buffer } | { digest: { size: number; crc: number; sha256: string } } | { missing: true });

/** Makes the fragments of a segment: the files that its events brought, in order of the events. */
@Injectable()
export class AssetExport {
  constructor(
    private readonly reader: EventLogReader,
    private readonly assets: AssetObjects,
    private readonly archives: ArchiveObjects,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** `alive` throws when the job doesn't want the segment any more. Errors: `log.range-missing`, `archive.fragment-damaged` (unavailable: it is tried again), `storage.*`. */
  async run({ appId, fragments, joined }: ExportSegment, alive: () => Promise<void>): Promise<Partial<SegmentResult>> {
    const { warnings, ...done } = await exportFragments(fragments, {
      joined,
      eventAt: (position) => eventAt(this.reader, appId, position),
      archives: this.archives,
      assets: this.assets,
      make: (range) => this.fragment(appId, range, alive),
      alive,
      logger: this.logger,
    });
    const shown = new Warnings();
    warnings.forEach((line) => shown.add(line));
    return { ...done, ...shown.result() };
  }

  private fragment(appId: string, { from, to }: { from: number; to: number }, alive: () => Promise<void>): NewFragment {
    const writer = new AssetFragmentWriter({ modified: this.clock.now() });
    const found = readAhead(this.filesOf(appId, from, to, alive), FILES_AHEAD, (file) => this.find(file));
    const bytes = async function* () {
      for await (const item of found) yield* entryOf(writer, item);
    };
    return { bytes: bytes(), index: () => writer.index() };
  }

  private async *filesOf(appId: string, from: number, to: number, alive: () => Promise<void>): AsyncGenerator<AssetFile> {
    for (let at = from; at <= to;) {
      const { events, end } = await this.reader.read(appId, { from: at, to, limit: EVENTS_AT_ONCE, kinds: ['asset'] });
      for (const event of events) {
        const { position } = event;
        const file = assetFileOf(event, position);
        if (!file) continue;
        await alive();
        yield { position, name: file.name, key: assetObjectKeyOf(appId, event) };
      }
      if (end < at) return;
      at = end + 1;
    }
  }

  private async find(file: AssetFile): Promise<FoundFile> {
    try {
      const stored = await this.assets.stat(file.key);
      if (!stored) return { file, missing: true };
      if (stored.size < EXTERNAL_ASSET_BYTES) return { file, content: await this.assets.read(file.key) };
      return { file, digest: await digestOf(await this.assets.get(file.key)) };
    } catch (error) {
      if (hasCode(error, 'objects.not-found')) return { file, missing: true };
      throw error;
    }
  }
}

function entryOf(writer: AssetFragmentWriter, found: FoundFile): Uint8Array[] {
  const { position, name, key } = found.file;
  const asset = { position, name };
  if ('missing' in found) return writer.addMissingAsset(asset);
  return 'content' in found ? writer.addAsset({ ...asset, content: found.content }) : writer.addExternalAsset({ ...asset, key, ...found.digest });
}
