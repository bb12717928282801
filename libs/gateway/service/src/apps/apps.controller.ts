import { type AppState, createApp, deleteApp, listApps, type Principal } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Delete, Get, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { json } from '../http/json-body.js';
import { path } from '../http/links.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { appDto } from './app.dto.js';

const CreateApp = z.object({ name: z.string() });

@Controller('api/apps')
export class AppsController {
  constructor(private readonly bus: PatientBus) {}

  @Get()
  async list(@Caller() caller: Principal) {
    const { apps } = await this.bus.request(listApps, { principal: caller });
    return apps.map((app) => appDto(app, caller));
  }

  @Post()
  async create(
    @CurrentCommand() command: Command,
    @Body(json(CreateApp)) { name }: z.infer<typeof CreateApp>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { app } = await this.bus.request(createApp, { ...command, name });
    reply.header('Location', path`/api/apps/${app.name}`);
    return appDto(app, command.principal);
  }

  @Get(':app')
  one(@Caller() caller: Principal, @CurrentApp() app: AppState) {
    return appDto(app, caller);
  }

  @Delete(':app')
  @HttpCode(204)
  async delete(@CurrentCommand() command: Command, @CurrentApp() app: AppState): Promise<void> {
    await this.bus.request(deleteApp, { ...command, app: appRef(app) });
  }
}
