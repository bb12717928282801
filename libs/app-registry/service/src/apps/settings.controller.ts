import { Controller } from '@nestjs/common';
import { checkMay } from '@reprise/access';
import { addLanguage as decideLanguage, attachClient as decideAttach, newSecret, revokeClient as decideRevoke } from '@reprise/app-registry-core';
import { addLanguage, attachClient, revokeClient, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { AppModel } from './app-model.js';

/** Languages and clients of an app. */
@Controller()
export class SettingsController {
  constructor(private readonly apps: AppModel) {}

  @OnRequest(addLanguage)
  async addLanguage({ principal, app, key, language }: BodyOf<typeof addLanguage>): Promise<ReplyOf<typeof addLanguage>> {
    checkMay(principal, 'own', app);
    return { app: await this.apps.run({ app, principal, key, decide: (state) => decideLanguage(state, language) }) };
  }

  @OnRequest(attachClient)
  async attachClient({ principal, app, key, id }: BodyOf<typeof attachClient>): Promise<ReplyOf<typeof attachClient>> {
    checkMay(principal, 'own', app);
    const secret = newSecret();
    return { app: await this.apps.run({ app, principal, key, decide: (state) => decideAttach(state, id, secret) }) };
  }

  @OnRequest(revokeClient)
  async revokeClient({ principal, app, key, id }: BodyOf<typeof revokeClient>): Promise<ReplyOf<typeof revokeClient>> {
    checkMay(principal, 'own', app);
    return { app: await this.apps.run({ app, principal, key, decide: (state) => decideRevoke(state, id) }) };
  }
}
