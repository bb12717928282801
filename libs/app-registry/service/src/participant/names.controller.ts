import { Controller } from '@nestjs/common';
import { checkAppName, RegistryStore } from '@reprise/app-registry-core';
import { releaseName, reserveName, takeName, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { Clock, RepriseError } from '@reprise/kernel';
import { OnRequest } from '@reprise/nest-kit';
import { AppModel } from '../apps/app-model.js';

/** Names for restores; the holder is the job. */
@Controller()
export class NamesController {
  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly clock: Clock,
  ) {}

  @OnRequest(reserveName)
  async reserve({ name, appId, holder }: BodyOf<typeof reserveName>): Promise<ReplyOf<typeof reserveName>> {
    checkAppName(name);
    const registration = await this.registry.names.reserve({ name, appId, holder, now: this.clock.now() });
    if (registration.appId !== appId || registration.state === 'deleted') {
      throw new RepriseError('conflict', 'apps.name-taken', `The job has used the name '${name}' for another app already.`);
    }
    return {};
  }

  @OnRequest(takeName)
  async take(body: BodyOf<typeof takeName>): Promise<ReplyOf<typeof takeName>> {
    const now = this.clock.now();
    await this.registry.names.take({ ...body, now });
    // An archive may end with the app's deletion; then its name is free at once.
    if ((await this.apps.current(body.appId))?.isDeleted) await this.registry.names.markDeleted(body.appId, now);
    return {};
  }

  @OnRequest(releaseName)
  async release(body: BodyOf<typeof releaseName>): Promise<ReplyOf<typeof releaseName>> {
    await this.registry.names.release(body);
    return {};
  }
}
