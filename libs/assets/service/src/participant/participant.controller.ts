import { Controller } from '@nestjs/common';
import { aliasesText, assetObjectsOf, DiscardedApps, parseTags, PendingUploads, TagStore, tagsText } from '@reprise/assets-core';
import * as contracts from '@reprise/contracts';
import type { BodyOf, ReplyOf } from '@reprise/contracts';
import { EventLogReader, refuseLate } from '@reprise/event-store-core';
import type { ErrorBody } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest, OnWork, Participation, type SegmentRef } from '@reprise/nest-kit';
import { AssetObjects } from '@reprise/objects-core';
import { AssetModel } from '../asset-model.js';
import { AssetExport } from './asset-export.js';
import { AssetImport } from './asset-import.js';

/** The assets' part in backup and restore. */
@Controller()
export class ParticipantController {
  private readonly participation: Participation;

  constructor(
    private readonly model: AssetModel,
    private readonly tags: TagStore,
    private readonly uploads: PendingUploads,
    private readonly discarded: DiscardedApps,
    private readonly objects: AssetObjects,
    private readonly reader: EventLogReader,
    private readonly exports: AssetExport,
    private readonly imports: AssetImport,
    bus: MessageBus,
  ) {
    this.participation = new Participation(bus);
  }

  @OnRequest(contracts.snapshotAssets)
  async snapshot({ appId }: BodyOf<typeof contracts.snapshotAssets>): Promise<ReplyOf<typeof contracts.snapshotAssets>> {
    const tags = await this.tags.read(appId);
    const aliases = aliasesText(tags);
    return { tags: tagsText(tags), ...(aliases === undefined ? {} : { aliases }) };
  }

  @OnRequest(contracts.importAssetMetadata)
  async importMetadata({ appId, tags, aliases }: BodyOf<typeof contracts.importAssetMetadata>): Promise<ReplyOf<typeof contracts.importAssetMetadata>> {
    await refuseLate(this.reader, appId);
    await this.tags.replace(appId, parseTags(tags, aliases));
    return {};
  }

  @OnWork(contracts.exportAssets, { concurrency: 2, dead: 'giveUp' })
  export(body: BodyOf<typeof contracts.exportAssets>): Promise<void> {
    return this.participation.run(contracts.exportAssets, body, (alive) => this.exports.run(body, alive));
  }

  @OnWork(contracts.importAssets, { concurrency: 2, dead: 'giveUp' })
  import(body: BodyOf<typeof contracts.importAssets>): Promise<void> {
    return this.participation.run(contracts.importAssets, body, (alive) => this.imports.run(body, alive));
  }

  @OnWork(contracts.rebuildAssets, { dead: 'giveUp' })
  rebuild(body: BodyOf<typeof contracts.rebuildAssets>): Promise<void> {
    const { projector } = this.model;
    return this.participation.run(contracts.rebuildAssets, body, async (alive) => {
      await projector.rebuild(body.appId, body.to, alive);
      const { asset, assetFolder } = await projector.count(body.appId);
      return { objects: { assets: asset?.visible ?? 0, assetsDeleted: asset?.hidden ?? 0, assetFolders: assetFolder?.visible ?? 0 } };
    });
  }

  @OnWork(contracts.compareAssets, { dead: 'giveUp' })
  compare(body: BodyOf<typeof contracts.compareAssets>): Promise<void> {
    const { appId: shadow, live, to } = body;
    return this.participation.run(contracts.compareAssets, body, async (alive) => ({
      comparison: await this.model.projector.compare({ live, shadow, to }, alive),
    }));
  }

  /** The tombstone first: what comes late from then on is refused. */
  @OnWork(contracts.discardAssets, { dead: 'giveUp' })
  discard(body: BodyOf<typeof contracts.discardAssets>): Promise<void> {
    const { appId } = body;
    return this.participation.run(contracts.discardAssets, body, async () => {
      await this.discarded.add(appId);
      await this.tags.discard(appId);
      await this.uploads.discard(appId);
      await this.model.projector.discard(appId);
      await this.objects.deleteAll(assetObjectsOf(appId));
      return {};
    });
  }

  giveUp(body: SegmentRef, error: ErrorBody): Promise<void> {
    return this.participation.dead(body, error);
  }
}
