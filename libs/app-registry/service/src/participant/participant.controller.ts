import { Controller } from '@nestjs/common';
import { appNotFound } from '@reprise/access';
import { RegistryStore } from '@reprise/app-registry-core';
import {
  compareRegistry,
  discardRegistry,
  importRegistry,
  matchUsers,
  rebuildRegistry,
  snapshotRegistry,
  type AppState,
  type BodyOf,
  type ReplyOf,
} from '@reprise/contracts';
import { MessageBus } from '@reprise/messaging-core';
import { OnRequest, OnWork, Participation } from '@reprise/nest-kit';
import { AssetObjects } from '@reprise/objects-core';
import { AppModel } from '../apps/app-model.js';
import { RegistryConfig } from '../registry.config.js';
import { avatarPrefix, RegistryImport } from './registry-import.js';
import { assetsUrl } from './urls.js';

/** The registry's part in backup and restore. */
@Controller()
export class ParticipantController {
  private readonly participation: Participation;

  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly imports: RegistryImport,
    private readonly assets: AssetObjects,
    private readonly config: RegistryConfig,
    bus: MessageBus,
  ) {
    this.participation = new Participation(bus);
  }

  /** Also for an app that is deleted while its backup runs. */
  @OnRequest(snapshotRegistry)
  async snapshot({ appId }: BodyOf<typeof snapshotRegistry>): Promise<ReplyOf<typeof snapshotRegistry>> {
    const registration = await this.registry.names.byId(appId);
    if (!registration || registration.state === 'reserved') throw appNotFound();
    const assets = assetsUrl(this.config.baseUrl);
    return {
      app: { id: appId, name: registration.name },
      ...(await this.registry.profiles.get(appId)),
      urls: { assets, assetsApp: `${assets}${registration.name}/` },
    };
  }

  @OnRequest(matchUsers)
  async match({ emails }: BodyOf<typeof matchUsers>): Promise<ReplyOf<typeof matchUsers>> {
    return { known: Object.keys((await this.registry.users.resolve(emails)).ids) };
  }

  @OnRequest(importRegistry)
  import(body: BodyOf<typeof importRegistry>): Promise<ReplyOf<typeof importRegistry>> {
    return this.imports.run(body);
  }

  @OnWork(rebuildRegistry, { dead: 'giveUp' })
  rebuild(body: BodyOf<typeof rebuildRegistry>): Promise<void> {
    return this.participation.run(rebuildRegistry, body, async (alive) => {
      await this.apps.rebuild(body.appId, body.to, alive);
      return { objects: parts(await this.apps.state(body.appId)) };
    });
  }

  @OnWork(compareRegistry, { dead: 'giveUp' })
  compare(task: BodyOf<typeof compareRegistry>): Promise<void> {
    const { appId: shadow, live, to } = task;
    return this.participation.run(compareRegistry, task, async (alive) => ({ comparison: await this.apps.compare({ live, shadow, to }, alive) }));
  }

  /** The tombstone first: what comes late from then on is refused. */
  @OnWork(discardRegistry, { dead: 'giveUp' })
  discard(body: BodyOf<typeof discardRegistry>): Promise<void> {
    return this.participation.run(discardRegistry, body, async () => {
      await this.registry.discard(body.appId, body.jobId);
      await this.apps.discard(body.appId);
      await this.assets.deleteAll(avatarPrefix(body.appId));
      return {};
    });
  }

  giveUp(body: { jobId: string; segment: string; token: string }, error: unknown): Promise<void> {
    return this.participation.dead(body, error);
  }
}

function parts(app: AppState | undefined): Record<string, number> {
  if (!app) return {};
  const count = (map: Record<string, unknown>) => Object.keys(map).length;
  return {
    clients: count(app.clients),
    contributors: count(app.contributors),
    languages: count(app.languages.languages),
    roles: count(app.roles),
    workflows: count(app.workflows),
  };
}
