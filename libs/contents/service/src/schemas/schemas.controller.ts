import { Controller } from '@nestjs/common';
import { checkMay, checkMaySee } from '@reprise/access';
import { createSchema as decideSchema, existingSchema, parseNewSchema } from '@reprise/contents-core';
import { createSchema, findSchema, listSchemas } from '@reprise/contracts';
import type { BodyOf, ReplyOf, SchemaState } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { ContentsModel } from '../model/contents-model.js';

@Controller()
export class SchemasController {
  constructor(private readonly model: ContentsModel) {}

  /** The name is free if no living schema has it; a schema that comes at the same moment makes the decision happen again. */
  @OnRequest(createSchema)
  async create({ principal, app, key, schema }: BodyOf<typeof createSchema>): Promise<ReplyOf<typeof createSchema>> {
    checkMay(principal, 'develop', app);
    const shape = parseNewSchema(schema);
    const id = this.model.newIdFor(app.id, 'schema', key);
    const { state } = await this.model.run<SchemaState>({
      app,
      actor: principal.actor,
      key,
      kind: 'schema',
      id,
      condition: ['schema'],
      decide: async (existing) => decideSchema(existing, id, shape, await this.model.schemaByName(app.id, shape.name)),
    });
    return { schema: state };
  }

  @OnRequest(listSchemas)
  async list({ principal, app }: BodyOf<typeof listSchemas>): Promise<ReplyOf<typeof listSchemas>> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    return { schemas: await this.model.schemas(app.id) };
  }

  @OnRequest(findSchema)
  async find({ principal, app, schema }: BodyOf<typeof findSchema>): Promise<ReplyOf<typeof findSchema>> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    return { schema: existingSchema(await this.model.schema(app.id, schema)) };
  }
}
