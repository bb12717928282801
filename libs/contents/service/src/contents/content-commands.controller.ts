import { Controller } from '@nestjs/common';
import { appNotFound, checkMay } from '@reprise/access';
import {
  changeStatus as decideStatus,
  checkContentId,
  createContent as decideContent,
  deleteContent as decideDelete,
  publishedSchema,
  updateContent as decideUpdate,
} from '@reprise/contents-core';
import { changeContentStatus, createContent, deleteContent, findApp, updateContent } from '@reprise/contracts';
import type { AppRef, AppState, BodyOf, ContentState, Principal, ReplyOf, SchemaState } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest } from '@reprise/nest-kit';
import type { DecidedEvent } from '@reprise/read-models-core';
import { ContentsModel } from '../model/contents-model.js';

interface ContentCommand {
  principal: Principal;
  app: AppRef;
  key?: string | undefined;
  /** Name or id. */
  schema: string;
  id: string;
}

@Controller()
export class ContentCommandsController {
  constructor(
    private readonly model: ContentsModel,
    private readonly bus: MessageBus,
  ) {}

  @OnRequest(createContent)
  async create({ id: wanted, data, publish, status, ...body }: BodyOf<typeof createContent>): Promise<ReplyOf<typeof createContent>> {
    if (wanted !== undefined) checkContentId(wanted);
    const id = wanted ?? this.model.newIdFor(body.app.id, 'content', body.key);
    return {
      content: await this.run({ ...body, id }, (content, schema, settings) => decideContent(content, { id, schema, app: settings, data, publish, status })),
    };
  }

  @OnRequest(updateContent)
  async update({ data, ...body }: BodyOf<typeof updateContent>): Promise<ReplyOf<typeof updateContent>> {
    return { content: await this.run(body, (content, schema, settings) => decideUpdate(content, schema, settings, data)) };
  }

  @OnRequest(changeContentStatus)
  async changeStatus({ status, ...body }: BodyOf<typeof changeContentStatus>): Promise<ReplyOf<typeof changeContentStatus>> {
    return { content: await this.run(body, (content, schema, settings) => decideStatus(content, schema, settings, status)) };
  }

  @OnRequest(deleteContent)
  async delete(body: BodyOf<typeof deleteContent>): Promise<ReplyOf<typeof deleteContent>> {
    await this.run(body, decideDelete);
    return {};
  }

  /** Every decision rests on the schema too: it is made again when one changed at the same moment. */
  private async run(
    { principal, app, key, schema, id }: ContentCommand,
    decide: (content: ContentState | undefined, schema: SchemaState, app: AppState) => DecidedEvent[],
  ): Promise<ContentState> {
    checkMay(principal, 'edit', app);
    const settings = await this.settings(principal, app);
    const { state } = await this.model.run<ContentState>({
      app,
      actor: principal.actor,
      key,
      kind: 'content',
      id,
      condition: ['schema'],
      decide: async (content) => decide(content, publishedSchema(await this.model.schema(app.id, schema)), settings),
    });
    return state;
  }

  /** Languages and workflows are the registry's. The app may have been deleted since the caller looked it up. */
  private async settings(principal: Principal, { id, name }: AppRef): Promise<AppState> {
    const { app } = await this.bus.request(findApp, { principal, name });
    if (app.id !== id) throw appNotFound();
    return app;
  }
}
