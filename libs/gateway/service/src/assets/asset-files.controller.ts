import { type AppState, type AssetState, findAsset, type Principal } from '@reprise/contracts';
import { isRepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { AssetObjects } from '@reprise/objects-core';
import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../http/access.guard.js';
import { appRef, CallerIfKnown, CurrentApp } from '../http/request.js';
import { disposition, sendObject } from '../http/send-object.js';

/** What a browser may show within a page of ours: nothing that can hold a script. */
const INLINE = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;
const MIME_TYPE = /^[\w.+-]+\/[\w.+-]+( *;.*)?$/;

/** Files of assets, open to all but the protected ones. They are of strangers' making: browsers must not run them. */
@Controller('api/assets/:app')
@Open()
export class AssetFilesController {
  constructor(
    private readonly bus: PatientBus,
    private readonly objects: AssetObjects,
  ) {}

  @Get([':idOrSlug', ':idOrSlug/:name'])
  async file(
    @CallerIfKnown() caller: Principal | undefined,
    @CurrentApp() app: AppState,
    @Param('idOrSlug') idOrSlug: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asset = await this.find(app, idOrSlug, caller);
    // A file that a backup had lost already: the asset is there, its bytes aren't.
    const object = await this.objects.stat(asset.objectKey);
    if (!object) throw new NotFoundException();
    reply.header('X-Content-Type-Options', 'nosniff').header('Content-Security-Policy', "sandbox; default-src 'none'");
    await sendObject(request, reply, {
      store: this.objects,
      key: asset.objectKey,
      size: object.size,
      etag: `${asset.id.replace(/[^\w-]/g, '')}-${asset.fileVersion}-${asset.version}`,
      mimeType: MIME_TYPE.test(asset.mimeType) ? asset.mimeType : 'application/octet-stream',
      disposition: disposition(INLINE.test(asset.mimeType) ? 'inline' : 'attachment', asset.fileName),
    });
  }

  private async find(app: AppState, idOrSlug: string, caller: Principal | undefined): Promise<AssetState> {
    const read = { app: appRef(app), idOrSlug };
    try {
      return (await this.bus.request(findAsset, read)).asset;
    } catch (error) {
      if (!caller || !isRepriseError(error) || error.kind !== 'not-found') throw error;
      return (await this.bus.request(findAsset, { ...read, principal: caller })).asset;
    }
  }
}
