import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { appNotFound } from '@reprise/access';
import { appProjection, appUpcasters, RegistryStore, type Registration } from '@reprise/app-registry-core';
import { appendEvents, type AppState, type Principal } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { CommandRunner, Projector, ReadModelStore, type ComparedApps, type Comparison, type DecidedEvent } from '@reprise/read-models-core';

const MODEL = 'app-registry';
/** Looked at without a break: some milliseconds' work. */
const AT_ONCE = 100;

export interface AppCommand {
  app: { id: string; name: string };
  principal: Principal;
  key?: string | undefined;
  decide: (app: AppState | undefined) => readonly DecidedEvent[];
}

/** Apps as their events make them. One is visible only while the registry says that it lives under its name. */
@Injectable()
export class AppModel {
  private readonly projector: Projector;
  private readonly runner: CommandRunner;

  constructor(
    private readonly registry: RegistryStore,
    reader: EventLogReader,
    store: ReadModelStore,
    bus: MessageBus,
    clock: Clock,
  ) {
    this.projector = new Projector({ model: MODEL, projections: [appProjection], reader, store, upcasters: appUpcasters });
    this.runner = new CommandRunner({ projector: this.projector, reader, clock, append: (command) => bus.request(appendEvents, command) });
  }

  async byName(name: string): Promise<AppState | undefined> {
    return this.visible(await this.registry.names.byName(name));
  }

  async byId(appId: string): Promise<AppState | undefined> {
    return this.visible(await this.registry.names.byId(appId));
  }

  /** By name. Ten thousand of them take a while, in which others have their turn. */
  async all(): Promise<AppState[]> {
    const living = await this.registry.names.living();
    const apps: (AppState | undefined)[] = [];
    while (apps.length < living.length) {
      apps.push(...(await Promise.all(living.slice(apps.length, apps.length + AT_ONCE).map((registration) => this.visible(registration)))));
      await nextTurn();
    }
    return apps.filter((app) => app !== undefined);
  }

  /** What the app's log says, whether it is visible or not. */
  async current(appId: string): Promise<AppState | undefined> {
    await this.projector.catchUp(appId);
    return this.projector.state<AppState>(appId, 'app', appId);
  }

  /** To an app that lives. Errors: `apps.not-found`, and what `decide` throws. */
  async run({ app, ...command }: AppCommand): Promise<AppState> {
    const registration = await this.registry.names.byId(app.id);
    if (registration?.state !== 'living') throw appNotFound();
    return this.write({ ...command, app: { id: app.id, name: registration.name } });
  }

  /** As {@link run}, also while the app has not taken its name yet. */
  async write({ app, principal, key, decide }: AppCommand): Promise<AppState> {
    const { state } = await this.runner.run<AppState>({ app, actor: principal.actor, key, kind: 'app', id: app.id, decide });
    return state;
  }

  /** `alive` throws to stop it. */
  rebuild(appId: string, to: number, alive: () => Promise<void>): Promise<number> {
    return this.projector.rebuild(appId, to, alive);
  }

  /** `alive` throws to stop it. */
  compare(apps: ComparedApps, alive: () => Promise<void>): Promise<Comparison> {
    return this.projector.compare(apps, alive);
  }

  state(appId: string): Promise<AppState | undefined> {
    return this.projector.state<AppState>(appId, 'app', appId);
  }

  discard(appId: string): Promise<void> {
    return this.projector.discard(appId);
  }

  private async visible(registration: Registration | undefined): Promise<AppState | undefined> {
    if (registration?.state !== 'living') return undefined;
    const app = await this.current(registration.appId);
    return app?.isDeleted ? undefined : app;
  }
}
