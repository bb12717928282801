import { Controller } from '@nestjs/common';
import {
  changeStatus as decideStatus,
  checkContentId,
  createContent as decideContent,
  deleteContent as decideDelete,
  publishedSchema,
  updateContent as decideUpdate,
} from '@reprise/contents-core';
import { changeContentStatus, createContent, deleteContent, updateContent } from '@reprise/contracts';
import type { AppRef, BodyOf, ContentState, Principal, ReplyOf, SchemaState } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import type { DecidedEvent } from '@reprise/read-models-core';
import { checkMayEdit } from '../access.js';
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
  constructor(private readonly model: ContentsModel) {}

  @OnRequest(createContent)
  async create({ id: wanted, data, publish, status, ...body }: BodyOf<typeof createContent>): Promise<ReplyOf<typeof createContent>> {
    if (wanted !== undefined) checkContentId(wanted);
    const id = wanted ?? this.model.newIdFor(body.app.id, 'content', body.key);
    return { content: await this.run({ ...body, id }, (content, schema) => decideContent(content, { id, schema, data, publish, status })) };
  }

  @OnRequest(updateContent)
  async update({ data, ...body }: BodyOf<typeof updateContent>): Promise<ReplyOf<typeof updateContent>> {
    return { content: await this.run(body, (content, schema) => decideUpdate(content, schema, data)) };
  }

  @OnRequest(changeContentStatus)
  async changeStatus({ status, ...body }: BodyOf<typeof changeContentStatus>): Promise<ReplyOf<typeof changeContentStatus>> {
    return { content: await this.run(body, (content, schema) => decideStatus(content, schema, status)) };
  }

  @OnRequest(deleteContent)
  async delete(body: BodyOf<typeof deleteContent>): Promise<ReplyOf<typeof deleteContent>> {
    await this.run(body, decideDelete);
    return {};
  }

  /** Every decision rests on the schema too: it is made again when one changed at the same moment. */
  private async run(
    { principal, app, key, schema, id }: ContentCommand,
    decide: (content: ContentState | undefined, schema: SchemaState) => DecidedEvent[],
  ): Promise<ContentState> {
    checkMayEdit(principal, app);
    const { state } = await this.model.run<ContentState>({
      app,
      actor: principal.actor,
      key,
      kind: 'content',
      id,
      condition: ['schema'],
      decide: async (content) => decide(content, publishedSchema(await this.model.schema(app.id, schema))),
    });
    return state;
  }
}
