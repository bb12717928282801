import { LinkSignature, openArchive, type Principal } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../http/access.guard.js';
import { CallerIfKnown } from '../http/request.js';
import { disposition, sendObject } from '../http/send-object.js';

/**
 * Archives, by a signed link or with a token that may. The last two paths are Squidex's older ones. None of them looks for a living
 * app: an archive outlives its app.
 */
@Controller('api/apps')
@Open()
export class DownloadsController {
  constructor(
    private readonly bus: PatientBus,
    private readonly archives: ArchiveObjects,
  ) {}

  @Get(['jobs/:id', 'backups/:id', ':appName/backups/:id'])
  async download(
    @CallerIfKnown() caller: Principal | undefined,
    @Param('id') jobId: string,
    @Query() query: Record<string, string>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const appId = query['appid'];
    const link = LinkSignature.safeParse({ expires: Number(query['expires']), signature: query['signature'] }).data;
    const archive = await this.bus.request(openArchive, {
      jobId,
      ...(appId ? { appId } : {}),
      ...(link ? { link } : {}),
      ...(caller ? { principal: caller } : {}),
    });
    // No caching: an archive that was deleted must be gone.
    reply.header('Cache-Control', 'private, no-cache').header('X-Content-Type-Options', 'nosniff');
    await sendObject(request, reply, {
      store: this.archives,
      key: archive.key,
      size: archive.size,
      etag: archive.etag,
      mimeType: 'application/zip',
      disposition: disposition('attachment', archive.fileName),
    });
  }
}
