import {
  type AppState,
  changeContentStatus,
  type ContentState,
  createContent,
  deleteContent,
  findContent,
  findSchema,
  listContents,
  type Principal,
  updateContent,
} from '@reprise/contracts';
import { PatientBus } from '@reprise/messaging-core';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { json, jsonText } from '../http/json-body.js';
import { get, path, post } from '../http/links.js';
import { pageOf } from '../http/page.js';
import { isTrue, listOf } from '../http/query-string.js';
import { appRef, Caller, type Command, CurrentApp, CurrentCommand } from '../http/request.js';
import { splitNamedId } from '../schemas/schema.dto.js';
import { contentDto } from './content.dto.js';
import { statusesOf } from './statuses.js';

const ChangeStatus = z.object({ status: z.string() });

/** `schema` is a name or an id everywhere. */
@Controller('api/content/:app/:schema')
export class ContentsController {
  constructor(private readonly bus: PatientBus) {}

  @Get()
  async list(
    @Caller() principal: Principal,
    @CurrentApp() app: AppState,
    @Param('schema') nameOrId: string,
    @Query() query: Record<string, string>,
    @Headers('x-unpublished') wanted?: string,
  ) {
    const page = pageOf(query, { usual: 20, most: 200 });
    const unpublished = isTrue(wanted);
    const ids = listOf(query['ids']);
    const read = { principal, app: appRef(app), schema: nameOrId };
    const { schema } = await this.bus.request(findSchema, read);
    const { total, contents } = await this.bus.request(listContents, { ...read, unpublished, page, ...(ids ? { ids } : {}) });
    const statuses = statusesOf(app, schema.id);
    const self = path`/api/content/${app.name}/${schema.name}`;
    return {
      total,
      items: contents.map((content) => contentDto(app, content, statuses, { unpublished })),
      statuses,
      _links: { self: get(self), create: post(self) },
    };
  }

  @Get(':id')
  async one(
    @Caller() principal: Principal,
    @CurrentApp() app: AppState,
    @Param('schema') schema: string,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('x-unpublished') wanted?: string,
  ) {
    const unpublished = isTrue(wanted);
    const { content } = await this.bus.request(findContent, { principal, app: appRef(app), schema, id, unpublished });
    reply.header('ETag', `"${content.version}"`);
    return answer(app, content, unpublished);
  }

  @Post()
  async create(
    @CurrentCommand() command: Command,
    @CurrentApp() app: AppState,
    @Param('schema') schema: string,
    @Query() query: Record<string, string>,
    @Body(jsonText) data: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { id, status } = query;
    const { content } = await this.bus.request(createContent, {
      ...command,
      app: appRef(app),
      schema,
      data,
      publish: isTrue(query['publish']),
      ...(id ? { id } : {}),
      ...(status ? { status } : {}),
    });
    reply.header('Location', path`/api/content/${app.name}/${schema}/${content.id}`);
    return answer(app, content);
  }

  @Put(':id')
  async update(
    @CurrentCommand() command: Command,
    @CurrentApp() app: AppState,
    @Param('schema') schema: string,
    @Param('id') id: string,
    @Body(jsonText) data: string,
  ) {
    return answer(app, (await this.bus.request(updateContent, { ...command, app: appRef(app), schema, id, data })).content);
  }

  @Put(':id/status')
  async changeStatus(
    @CurrentCommand() command: Command,
    @CurrentApp() app: AppState,
    @Param('schema') schema: string,
    @Param('id') id: string,
    @Body(json(ChangeStatus)) { status }: z.infer<typeof ChangeStatus>,
  ) {
    return answer(app, (await this.bus.request(changeContentStatus, { ...command, app: appRef(app), schema, id, status })).content);
  }

  @Delete(':id')
  @HttpCode(204)
  async delete(@CurrentCommand() command: Command, @CurrentApp() app: AppState, @Param('schema') schema: string, @Param('id') id: string): Promise<void> {
    await this.bus.request(deleteContent, { ...command, app: appRef(app), schema, id });
  }
}

/** Whoever changes a content sees it as he left it, drafts included. */
function answer(app: AppState, content: ContentState, unpublished = true) {
  return contentDto(app, content, statusesOf(app, splitNamedId(content.schemaId).id), { unpublished });
}
