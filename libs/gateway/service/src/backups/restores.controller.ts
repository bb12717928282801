import { beginArchiveUpload, cancelJob, findRestore, listRestores, type Principal, type RestoreSource, startRestore } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { ArchiveObjects } from '@reprise/objects-core';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { GatewayConfig } from '../gateway.config.js';
import { json } from '../http/json-body.js';
import { get, path } from '../http/links.js';
import { receiveFile } from '../http/multipart.js';
import { isTrue } from '../http/query-string.js';
import { Caller, type Command, CurrentCommand } from '../http/request.js';
import { restoreDto, squidexRestoreDto } from './job.dto.js';

const SquidexRestore = z.object({ url: z.string().min(1), name: z.string().nullish() });
const Restore = z.object({
  url: z.string().min(1).nullish(),
  backupId: z.string().min(1).nullish(),
  name: z.string().nullish(),
  dryRun: z.boolean().nullish(),
});

interface Wishes {
  name?: string | null | undefined;
  dryRun?: boolean | null | undefined;
}

/** Restores: Squidex's route, which knows the latest only, and our own, which know all. */
@Controller('api')
export class RestoresController {
  constructor(
    private readonly bus: PatientBus,
    private readonly archives: ArchiveObjects,
    private readonly config: GatewayConfig,
  ) {}

  @Get('apps/restore')
  async latest(@Caller() principal: Principal) {
    const { jobs } = await this.bus.request(listRestores, { principal });
    return squidexRestoreDto(jobs[0]);
  }

  @Post('apps/restore')
  @HttpCode(204)
  async startAsSquidex(
    @CurrentCommand() command: Command,
    @Body(json(SquidexRestore)) { url, name }: z.infer<typeof SquidexRestore>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const jobId = await this.start(command, { kind: 'url', url }, { name });
    reply.header('Location', path`/api/restores/${jobId}`);
  }

  @Get('restores')
  async list(@Caller() principal: Principal) {
    const { jobs } = await this.bus.request(listRestores, { principal });
    return { items: jobs.map(restoreDto), _links: { self: get('/api/restores') } };
  }

  @Get('restores/:id')
  async one(@Caller() principal: Principal, @Param('id') jobId: string) {
    return restoreDto((await this.bus.request(findRestore, { principal, jobId })).job);
  }

  @Post('restores')
  @HttpCode(202)
  async create(@CurrentCommand() command: Command, @Req() request: FastifyRequest, @Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply) {
    const jobId = request.isMultipart() ? await this.startFromUpload(command, request) : await this.startFromBody(command, body);
    const self = path`/api/restores/${jobId}`;
    reply.header('Location', self);
    return { id: jobId, _links: { self: get(self) } };
  }

  @Post('restores/:id/cancel')
  @HttpCode(202)
  async cancel(@CurrentCommand() command: Command, @Param('id') jobId: string) {
    await this.bus.request(cancelJob, { ...command, jobId });
    return { id: jobId, _links: { self: get(path`/api/restores/${jobId}`) } };
  }

  private async startFromUpload(command: Command, request: FastifyRequest): Promise<string> {
    const { key } = await this.bus.request(beginArchiveUpload, { principal: command.principal });
    const { file, fields } = await receiveFile(
      request,
      { maxBytes: this.config.maxArchiveBytes },
      (bytes) => this.archives.put(key, bytes),
      () => this.archives.delete(key),
    );
    try {
      return await this.start(command, { kind: 'upload', key, fileName: file.fileName }, { name: fields['name'], dryRun: isTrue(fields['dryrun']) });
    } catch (error) {
      // Refused: no job has taken the file up.
      if (error instanceof Error && (error as Partial<RepriseError>).kind === 'invalid') await this.archives.delete(key);
      throw error;
    }
  }

  private startFromBody(command: Command, body: unknown): Promise<string> {
    const { url, backupId, name, dryRun } = json(Restore).transform(body, { type: 'body' });
    if ((url == null) === (backupId == null)) {
      throw new RepriseError('invalid', 'restores.invalid', 'Validation error', { details: ["url: Send either 'url' or 'backupId', or a form with 'file'."] });
    }
    return this.start(command, url != null ? { kind: 'url', url } : { kind: 'backup', backupId: backupId! }, { name, dryRun });
  }

  private async start(command: Command, source: RestoreSource, { name, dryRun }: Wishes): Promise<string> {
    const { jobId } = await this.bus.request(startRestore, { ...command, source, ...(name ? { name } : {}), ...(dryRun ? { dryRun } : {}) });
    return jobId;
  }
}
