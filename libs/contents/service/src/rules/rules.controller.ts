import { Controller } from '@nestjs/common';
import { checkMaySee } from '@reprise/access';
import { listRules } from '@reprise/contracts';
import type { BodyOf, ReplyOf } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { ContentsModel } from '../model/contents-model.js';

@Controller()
export class RulesController {
  constructor(private readonly model: ContentsModel) {}

  @OnRequest(listRules)
  async list({ principal, app }: BodyOf<typeof listRules>): Promise<ReplyOf<typeof listRules>> {
    checkMaySee(principal, app);
    await this.model.catchUp(app.id);
    return { rules: await this.model.rules(app.id) };
  }
}
