import { Module } from '@nestjs/common';
import { ContentCommandsController } from './contents/content-commands.controller.js';
import { ContentsController } from './contents/contents.controller.js';
import { ContentsModel } from './model/contents-model.js';
import { ParticipantController } from './participant/participant.controller.js';
import { RulesController } from './rules/rules.controller.js';
import { SchemasController } from './schemas/schemas.controller.js';

/** Schemas, contents and rules. The app provides the ports: MessageBus, EventLogReader, ReadModelStore, Clock. */
@Module({
  controllers: [SchemasController, ContentsController, ContentCommandsController, RulesController, ParticipantController],
  providers: [ContentsModel],
})
export class ContentsModule {}
