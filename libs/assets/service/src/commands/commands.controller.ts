import { Controller } from '@nestjs/common';
import { checkMay } from '@reprise/access';
import {
  annotateAsset,
  checkAssetId,
  checkParent,
  createAsset,
  deleteAsset,
  existingAsset,
  normalizeTagNames,
  replaceAssetFile,
  tagCountChanges,
  TagStore,
} from '@reprise/assets-core';
import * as contracts from '@reprise/contracts';
import type { AssetState, BodyOf, ReplyOf } from '@reprise/contracts';
import { afterEffect, EMPTY_ID, newId } from '@reprise/kernel';
import { OnRequest } from '@reprise/nest-kit';
import { derivedId } from '@reprise/read-models-core';
import { AssetModel, type AssetCommand } from '../asset-model.js';
import { TagNames } from '../queries/tag-names.js';
import { Uploads, type SentFile } from '../uploads/uploads.js';

@Controller()
export class CommandsController {
  constructor(
    private readonly model: AssetModel,
    private readonly uploads: Uploads,
    private readonly tags: TagStore,
    private readonly tagNames: TagNames,
  ) {}

  @OnRequest(contracts.beginUpload)
  async begin({ principal, app }: BodyOf<typeof contracts.beginUpload>): Promise<ReplyOf<typeof contracts.beginUpload>> {
    checkMay(principal, 'edit', app);
    return this.uploads.begin(app.id);
  }

  @OnRequest(contracts.createAsset)
  async create({ parentId = EMPTY_ID, file, ...command }: BodyOf<typeof contracts.createAsset>): Promise<ReplyOf<typeof contracts.createAsset>> {
    const { app, key } = command;
    checkMay(command.principal, 'edit', app);
    // A repeated command must find its own asset.
    const id = command.id ?? (key === undefined ? newId() : derivedId(app.id, 'asset', key));
    checkAssetId(id);
    return this.withFile(file, {
      ...command,
      id,
      ...(parentId === EMPTY_ID ? {} : { condition: ['assetFolder'] }),
      decide: async (asset) => {
        checkParent(parentId, await this.model.folder(app.id, parentId));
        return createAsset(asset, { id, parentId, file: await this.uploads.takeUp(app.id, id, file) });
      },
    });
  }

  @OnRequest(contracts.replaceAssetFile)
  async replace({ file, ...command }: BodyOf<typeof contracts.replaceAssetFile>): Promise<ReplyOf<typeof contracts.replaceAssetFile>> {
    const { app, id } = command;
    checkMay(command.principal, 'edit', app);
    return this.withFile(file, {
      ...command,
      decide: async (asset) => {
        existingAsset(asset, id);
        return replaceAssetFile(asset, id, await this.uploads.takeUp(app.id, id, file));
      },
    });
  }

  @OnRequest(contracts.annotateAsset)
  async annotate({
    tags,
    fileName,
    slug,
    isProtected,
    metadata,
    ...command
  }: BodyOf<typeof contracts.annotateAsset>): Promise<ReplyOf<typeof contracts.annotateAsset>> {
    const { app, id } = command;
    checkMay(command.principal, 'edit', app);
    return this.withTags({
      ...command,
      decide: async (asset) => {
        existingAsset(asset, id);
        // Durable before the event that names them, so that no backup can hold an id without its name.
        const tagIds = tags && (await this.tags.ensure(app.id, normalizeTagNames(tags)));
        return annotateAsset(asset, id, { fileName, slug, isProtected, metadata, tags: tagIds });
      },
    });
  }

  @OnRequest(contracts.deleteAsset)
  async delete(command: BodyOf<typeof contracts.deleteAsset>): Promise<ReplyOf<typeof contracts.deleteAsset>> {
    checkMay(command.principal, 'edit', command.app);
    await this.withTags({ ...command, decide: (asset) => deleteAsset(asset, command.id) });
    return {};
  }

  /** The upload comes to its end with the command. Where that failed, its event may still be on the way: it is looked at an hour later. */
  private async withFile(file: SentFile, command: AssetCommand): Promise<{ asset: AssetState; tagNames: Record<string, string> }> {
    const { state } = await this.model.run(command);
    return afterEffect(async () => {
      await this.uploads.conclude(file.uploadId);
      return this.reply(command.app.id, state);
    });
  }

  private async withTags(command: AssetCommand): Promise<{ asset: AssetState; tagNames: Record<string, string> }> {
    let before: readonly string[] | undefined;
    const { state, changed } = await this.model.run({
      ...command,
      decide: async (asset) => {
        before = undefined;
        const events = await command.decide(asset);
        if (events.length > 0) before = asset?.tags;
        return events;
      },
    });
    return afterEffect(async () => {
      // After the event: a crash in between costs a count, which nothing rests on.
      if (changed && before) await this.tags.adjust(command.app.id, tagCountChanges(before, state.isDeleted ? [] : state.tags));
      return this.reply(command.app.id, state);
    });
  }

  private async reply(appId: string, asset: AssetState): Promise<{ asset: AssetState; tagNames: Record<string, string> }> {
    return { asset, tagNames: await this.tagNames.of(appId, [asset]) };
  }
}
