import { Controller } from '@nestjs/common';
import { appNotFound, checkAdministrator, checkMay, maySee } from '@reprise/access';
import { deleteApp as decideDelete, RegistryStore, seenBy } from '@reprise/app-registry-core';
import { appDeleted, createApp, deleteApp, findApp, listApps, livingApps, type BodyOf, type ReplyOf } from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest } from '@reprise/nest-kit';
import { AppModel } from './app-model.js';
import { CreateAppSaga } from './create-app.saga.js';
import { UnfinishedApps } from './unfinished-apps.js';

@Controller()
export class AppsController {
  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly creation: CreateAppSaga,
    private readonly unfinished: UnfinishedApps,
    private readonly bus: MessageBus,
  ) {}

  @OnRequest(createApp)
  async create({ principal, name, key }: BodyOf<typeof createApp>): Promise<ReplyOf<typeof createApp>> {
    checkAdministrator(principal);
    return { app: await this.creation.run(principal, name, key) };
  }

  @OnRequest(listApps)
  async list({ principal }: BodyOf<typeof listApps>): Promise<ReplyOf<typeof listApps>> {
    if (principal.administrator) return { apps: await this.apps.all() };
    const own = principal.app && (await this.apps.byId(principal.app.id));
    return { apps: own ? [seenBy(principal, own)] : [] };
  }

  @OnRequest(findApp)
  async find({ principal, name }: BodyOf<typeof findApp>): Promise<ReplyOf<typeof findApp>> {
    const app = await this.apps.byName(name);
    if (!app || (principal && !maySee(principal, app.id))) throw appNotFound();
    return { app: seenBy(principal, app) };
  }

  @OnRequest(deleteApp)
  async delete({ principal, app, key }: BodyOf<typeof deleteApp>): Promise<ReplyOf<typeof deleteApp>> {
    checkMay(principal, 'own', app);
    const registration = await this.registry.names.byId(app.id);
    // A repeated command finds its work done.
    if (registration?.state === 'deleted' && key !== undefined) return {};
    await this.unfinished.end(app.id, () => this.apps.run({ app, principal, key, decide: (state) => (state?.isDeleted ? [] : decideDelete(state)) }));
    // A hint that may get lost: whoever keeps something of apps looks from time to time as well.
    await this.bus.publish(appDeleted, { appId: app.id }).catch(() => undefined);
    return {};
  }

  @OnRequest(livingApps)
  async living({ ids }: BodyOf<typeof livingApps>): Promise<ReplyOf<typeof livingApps>> {
    const registrations = await Promise.all(ids.map((id) => this.registry.names.byId(id)));
    return { living: registrations.flatMap((app) => (app?.state === 'living' ? [app.appId] : [])) };
  }
}
