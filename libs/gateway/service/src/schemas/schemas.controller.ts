import { type AppState, createSchema, findSchema, listSchemas, type Principal } from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { jsonText } from '../http/json-body.js';
import { get, path, post } from '../http/links.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { schemaDto } from './schema.dto.js';

@Controller('api/apps/:app/schemas')
export class SchemasController {
  constructor(private readonly bus: PatientBus) {}

  @Get()
  async list(@Caller() principal: Principal, @CurrentApp() app: AppState) {
    const { schemas } = await this.bus.request(listSchemas, { principal, app: appRef(app) });
    const self = path`/api/apps/${app.name}/schemas`;
    return { items: schemas.map((schema) => schemaDto(app, schema)), _links: { self: get(self), create: post(self) } };
  }

  @Post()
  async create(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Body(jsonText) text: string, @Res({ passthrough: true }) reply: FastifyReply) {
    const { schema } = await this.bus.request(createSchema, { ...command, app: appRef(app), schema: text });
    reply.header('Location', path`/api/apps/${app.name}/schemas/${schema.name}`);
    return schemaDto(app, schema);
  }

  @Get(':schema')
  async one(@Caller() principal: Principal, @CurrentApp() app: AppState, @Param('schema') nameOrId: string) {
    const { schema } = await this.bus.request(findSchema, { principal, app: appRef(app), schema: nameOrId });
    return schemaDto(app, schema);
  }
}
