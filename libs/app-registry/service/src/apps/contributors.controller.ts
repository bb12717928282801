import { Controller } from '@nestjs/common';
import { checkMay } from '@reprise/access';
import { assignContributor as decideAssign, DEFAULT_ROLE, removeContributor as decideRemove } from '@reprise/app-registry-core';
import { assignContributor, removeContributor, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { OnRequest } from '@reprise/nest-kit';
import { Users } from '../users/users.js';
import { AppModel } from './app-model.js';

@Controller()
export class ContributorsController {
  constructor(
    private readonly apps: AppModel,
    private readonly users: Users,
  ) {}

  @OnRequest(assignContributor)
  async assign(body: BodyOf<typeof assignContributor>): Promise<ReplyOf<typeof assignContributor>> {
    const { principal, app, key, contributorId, role = DEFAULT_ROLE, invite = false } = body;
    checkMay(principal, 'own', app);
    const assignment = { contributorId, role, isCreated: false };
    // Decided once before, so that nobody is invited for nothing.
    decideAssign(await this.apps.byId(app.id), assignment);
    const { user, isCreated } = await this.users.findOrInvite(contributorId, invite);
    const changed = await this.apps.run({ app, principal, key, decide: (state) => decideAssign(state, { contributorId: user.id, role, isCreated }) });
    return { app: changed, isInvited: isCreated };
  }

  @OnRequest(removeContributor)
  async remove({ principal, app, key, contributorId }: BodyOf<typeof removeContributor>): Promise<ReplyOf<typeof removeContributor>> {
    checkMay(principal, 'own', app);
    return { app: await this.apps.run({ app, principal, key, decide: (state) => decideRemove(state, contributorId) }) };
  }
}
