import { type AppState, cancelJob, deleteBackup, listBackups, listJobs, type Principal, startBackup, startCheck } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { PatientBus } from '@reprise/messaging-core';
import { Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { get, path, post } from '../http/links.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { archiveDto, backupDto, jobDto } from './job.dto.js';

/** Backups of an app and what is done with them, and all of it as jobs. */
@Controller('api')
export class BackupsController {
  constructor(private readonly bus: PatientBus) {}

  @Get('backups')
  async all(@Caller() principal: Principal) {
    const { jobs } = await this.bus.request(listBackups, { principal });
    return { items: jobs.map(archiveDto), _links: { self: get('/api/backups') } };
  }

  /** Whatever became of its app: an archive goes only by a person's word, so there must be a way for it. */
  @Delete('backups/:id')
  @HttpCode(204)
  async deleteAny(@CurrentCommand() command: Command, @Param('id') jobId: string): Promise<void> {
    await this.bus.request(deleteBackup, { ...command, jobId });
  }

  /** As of an app that lives, see {@link verify}; the result is dated on the archive. */
  @Post('backups/:id/verify')
  @HttpCode(202)
  async verifyAny(@CurrentCommand() command: Command, @Param('id') backupId: string) {
    const { jobId } = await this.bus.request(startCheck, { ...command, backupId, kind: 'verify' });
    return { id: jobId, _links: { backups: get('/api/backups') } };
  }

  @Get('apps/:app/backups')
  async backups(@Caller() principal: Principal, @CurrentApp() app: AppState) {
    const { jobs } = await this.bus.request(listBackups, { principal, app: appRef(app) });
    const self = path`/api/apps/${app.name}/backups`;
    return { items: jobs.map((job) => backupDto(app, job)), _links: { self: get(self), create: post(self) } };
  }

  @Post('apps/:app/backups')
  @HttpCode(204)
  async start(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { jobId } = await this.bus.request(startBackup, { ...command, app: appRef(app) });
    reply.header('Location', path`/api/apps/${app.name}/jobs/${jobId}`);
  }

  /** Reads every byte of the archive; the result is dated on the backup. */
  @Post('apps/:app/backups/:id/verify')
  @HttpCode(202)
  verify(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') backupId: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.check('verify', command, app, backupId, reply);
  }

  /** Restores it into an app that nobody sees and compares that with the live one; the result is dated on the backup. */
  @Post('apps/:app/backups/:id/prove')
  @HttpCode(202)
  prove(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') backupId: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return this.check('prove', command, app, backupId, reply);
  }

  @Delete(['apps/:app/backups/:id', 'apps/:app/jobs/:id'])
  @HttpCode(204)
  async delete(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') jobId: string): Promise<void> {
    await this.bus.request(deleteBackup, { ...command, app: appRef(app), jobId });
  }

  @Get('apps/:app/jobs')
  async jobs(@Caller() principal: Principal, @CurrentApp() app: AppState) {
    const { jobs } = await this.bus.request(listJobs, { principal, app: appRef(app) });
    const self = path`/api/apps/${app.name}/jobs`;
    return { items: jobs.map((job) => jobDto(app, job)), _links: { self: get(self), 'create/backups': post(path`/api/apps/${app.name}/backups`) } };
  }

  @Get('apps/:app/jobs/:id')
  async job(@Caller() principal: Principal, @CurrentApp() app: AppState, @Param('id') jobId: string) {
    const { jobs } = await this.bus.request(listJobs, { principal, app: appRef(app) });
    const job = jobs.find((candidate) => candidate.id === jobId);
    if (!job) throw new RepriseError('not-found', 'jobs.not-found', 'The job does not exist.');
    return jobDto(app, job);
  }

  @Post('apps/:app/jobs/:id/cancel')
  @HttpCode(202)
  async cancel(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('id') jobId: string) {
    await this.bus.request(cancelJob, { ...command, app: appRef(app), jobId });
    return { id: jobId, _links: { self: get(path`/api/apps/${app.name}/jobs/${jobId}`) } };
  }

  private async check(kind: 'verify' | 'prove', command: Command, app: AppState, backupId: string, reply: FastifyReply) {
    const { jobId } = await this.bus.request(startCheck, { ...command, app: appRef(app), backupId, kind });
    const self = path`/api/apps/${app.name}/jobs/${jobId}`;
    reply.header('Location', self);
    return { id: jobId, _links: { self: get(self) } };
  }
}
