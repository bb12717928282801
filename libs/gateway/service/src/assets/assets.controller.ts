import {
  annotateAsset,
  type AppState,
  createAsset,
  deleteAsset,
  findAsset,
  listAssetFolders,
  listAssets,
  listTags,
  type Principal,
  replaceAssetFile,
} from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { json } from '../http/json-body.js';
import { get, path, post } from '../http/links.js';
import { pageOf } from '../http/page.js';
import { listOf } from '../http/query-string.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { AssetUploads } from './asset-uploads.js';
import { assetDto, assetFolderDto } from './asset.dto.js';

const AnnotateAsset = z.object({
  fileName: z.string().nullish(),
  slug: z.string().nullish(),
  isProtected: z.boolean().nullish(),
  tags: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

@Controller('api/apps/:app/assets')
export class AssetsController {
  constructor(
    private readonly bus: PatientBus,
    private readonly uploads: AssetUploads,
  ) {}

  @Get()
  async list(@Caller() principal: Principal, @CurrentApp() app: AppState, @Query() query: Record<string, string>) {
    const page = pageOf(query, { usual: 200, most: 200 });
    const ids = listOf(query['ids']);
    const parentId = query['parentid'];
    const { total, assets, tagNames } = await this.bus.request(listAssets, {
      principal,
      app: appRef(app),
      page,
      ...(ids ? { ids } : {}),
      ...(parentId ? { parentId } : {}),
    });
    const self = path`/api/apps/${app.name}/assets`;
    return { total, items: assets.map((asset) => assetDto(app, asset, tagNames)), _links: { self: get(self), create: post(self) } };
  }

  @Get('folders')
  async folders(@Caller() principal: Principal, @CurrentApp() app: AppState, @Query('parentid') parentId?: string) {
    const { total, folders, path: parents } = await this.bus.request(listAssetFolders, { principal, app: appRef(app), ...(parentId ? { parentId } : {}) });
    return { total, items: folders.map(assetFolderDto), path: parents.map(assetFolderDto), _links: { self: get(path`/api/apps/${app.name}/assets/folders`) } };
  }

  @Get('tags')
  async tags(@Caller() principal: Principal, @CurrentApp() app: AppState) {
    return (await this.bus.request(listTags, { principal, app: appRef(app) })).tags;
  }

  @Get(':id')
  async one(@Caller() principal: Principal, @CurrentApp() app: AppState, @Param('id') id: string) {
    const { asset, tagNames } = await this.bus.request(findAsset, { principal, app: appRef(app), idOrSlug: id });
    return assetDto(app, asset, tagNames);
  }

  @Post()
  async create(
    @CurrentCommand() command: Command,
    @CurrentApp() app: AppState,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { file, fields } = await this.uploads.receive(request, command.principal, appRef(app));
    const id = query['id'] || fields['id'];
    const parentId = query['parentid'] || fields['parentid'];
    const { asset, tagNames } = await this.bus.request(createAsset, {
      ...command,
      app: appRef(app),
      file,
      ...(id ? { id } : {}),
      ...(parentId ? { parentId } : {}),
    });
    reply.header('Location', path`/api/apps/${app.name}/assets/${asset.id}`);
    return assetDto(app, asset, tagNames);
  }

  @Put(':id')
  async annotate(
    @CurrentCommand() command: Command,
    @CurrentApp() app: AppState,
    @Param('id') id: string,
    @Body(json(AnnotateAsset)) body: z.infer<typeof AnnotateAsset>,
  ) {
    const { fileName, slug, isProtected, tags, metadata } = body;
    const { asset, tagNames } = await this.bus.request(annotateAsset, {
      ...command,
      app: appRef(app),
      id,
      // Null means: leave it as it is.
      ...(fileName != null ? { fileName } : {}),
      ...(slug != null ? { slug } : {}),
      ...(isProtected != null ? { isProtected } : {}),
      ...(tags != null ? { tags } : {}),
      ...(metadata != null ? { metadata } : {}),
    });
    return assetDto(app, asset, tagNames);
  }

  @Put(':id/content')
  async replaceFile(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') id: string, @Req() request: FastifyRequest) {
    const { file } = await this.uploads.receive(request, command.principal, appRef(app));
    const { asset, tagNames } = await this.bus.request(replaceAssetFile, { ...command, app: appRef(app), id, file });
    return assetDto(app, asset, tagNames);
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') id: string): Promise<void> {
    await this.bus.request(deleteAsset, { ...command, app: appRef(app), id });
  }
}
