import { Controller } from '@nestjs/common';
import { checkMaySee } from '@reprise/access';
import { assetNotFound } from '@reprise/assets-core';
import { findAsset, listAssetFolders, listAssets, listTags, type AssetFolderState, type AssetState, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { EMPTY_ID } from '@reprise/kernel';
import { OnRequest } from '@reprise/nest-kit';
import { AssetModel } from '../asset-model.js';
import { TagNames } from './tag-names.js';

/** Folders are shown whole; nobody has more. */
const ALL_FOLDERS = 10_000;

@Controller()
export class QueriesController {
  constructor(
    private readonly model: AssetModel,
    private readonly tagNames: TagNames,
  ) {}

  /** Without principal the asset is open to everybody, or it isn't there. */
  @OnRequest(findAsset)
  async find({ principal, app, idOrSlug }: BodyOf<typeof findAsset>): Promise<ReplyOf<typeof findAsset>> {
    if (principal) checkMaySee(principal, app);
    const asset = await this.model.find(app.id, idOrSlug);
    if (!principal && asset.isProtected) throw assetNotFound(idOrSlug);
    return { asset, tagNames: await this.tagNames.of(app.id, [asset]) };
  }

  /** The last changed first. */
  @OnRequest(listAssets)
  async list({ principal, app, parentId, ids, page }: BodyOf<typeof listAssets>): Promise<ReplyOf<typeof listAssets>> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    const query = { ...page, descending: true, ...(parentId === undefined ? {} : { parent: parentId }), ...(ids === undefined ? {} : { ids }) };
    const { total, items } = await this.model.projector.find<AssetState>(app.id, 'asset', query);
    return { total, assets: items, tagNames: await this.tagNames.of(app.id, items) };
  }

  /** By name, with the way from the root. */
  @OnRequest(listAssetFolders)
  async folders({ principal, app, parentId }: BodyOf<typeof listAssetFolders>): Promise<ReplyOf<typeof listAssetFolders>> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    const query = { skip: 0, take: ALL_FOLDERS, ...(parentId === undefined ? {} : { parent: parentId }) };
    const { total, items } = await this.model.projector.find<AssetFolderState>(app.id, 'assetFolder', query);
    return { total, folders: items, path: await this.pathTo(app.id, parentId ?? EMPTY_ID) };
  }

  @OnRequest(listTags)
  async tags({ principal, app }: BodyOf<typeof listTags>): Promise<ReplyOf<typeof listTags>> {
    checkMaySee(principal, app);
    return { tags: await this.tagNames.counts(app.id) };
  }

  /** An archive may hold folders that lie in each other: each is passed once. */
  private async pathTo(appId: string, id: string): Promise<AssetFolderState[]> {
    const path = new Map<string, AssetFolderState>();
    for (let at = id; at !== EMPTY_ID && !path.has(at);) {
      const folder = await this.model.folder(appId, at);
      if (!folder || folder.isDeleted) break;
      path.set(at, folder);
      at = folder.parentId;
    }
    return [...path.values()].reverse();
  }
}
