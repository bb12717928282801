import { Controller } from '@nestjs/common';
import { checkMaySee } from '@reprise/access';
import { contentNotFound, existingContent, PUBLISHED, publishedSchema } from '@reprise/contents-core';
import { findContent, listContents } from '@reprise/contracts';
import type { AppRef, BodyOf, Principal, ReplyOf, SchemaState } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { ContentsModel } from '../model/contents-model.js';

/** Reading contents. Without `unpublished` only what is published is there at all. */
@Controller()
export class ContentsController {
  constructor(private readonly model: ContentsModel) {}

  @OnRequest(findContent)
  async find({ id, unpublished, ...body }: BodyOf<typeof findContent>): Promise<ReplyOf<typeof findContent>> {
    const schema = await this.readable(body);
    const content = existingContent(await this.model.content(body.app.id, id), schema);
    if (!unpublished && content.currentVersion.status !== PUBLISHED) throw contentNotFound();
    return { content };
  }

  @OnRequest(listContents)
  async list({ ids, unpublished, page, ...body }: BodyOf<typeof listContents>): Promise<ReplyOf<typeof listContents>> {
    const schema = await this.readable(body);
    const query = { parent: schema.id, ...(ids ? { ids } : {}), publishedOnly: !unpublished, descending: true, ...page };
    const { total, items } = await this.model.contents(body.app.id, query);
    return { total, contents: items };
  }

  private async readable({ principal, app, schema }: { principal: Principal; app: AppRef; schema: string }): Promise<SchemaState> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    return publishedSchema(await this.model.schema(app.id, schema));
  }
}
