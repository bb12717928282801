import { Injectable } from '@nestjs/common';
import { appNotFound } from '@reprise/access';
import { checkAppName, createApp, createHolder, nameTakenOnCreate, RegistryStore, type Registration } from '@reprise/app-registry-core';
import type { AppState, Principal } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { afterEffect, Clock, hasCode, isRepriseError, newId } from '@reprise/kernel';
import { AppModel } from './app-model.js';

/**
 * Reserve the name, write `AppCreated`, take the name. What a crash leaves is finished or undone by {@link UnfinishedApps}; the same
 * command key finds its own reservation again and goes on from there.
 */
@Injectable()
export class CreateAppSaga {
  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly reader: EventLogReader,
    private readonly clock: Clock,
  ) {}

  async run(principal: Principal, name: string, key: string = newId()): Promise<AppState> {
    checkAppName(name);
    const registration = await this.reserve(name, createHolder(principal.actor, key));
    if (registration.state === 'reserved') await this.write(principal, registration);
    return afterEffect(async () => {
      if (registration.state === 'reserved') await this.registry.names.take({ ...registration, now: this.clock.now() });
      const app = await this.apps.byId(registration.appId);
      if (!app) throw appNotFound();
      return app;
    });
  }

  private async reserve(name: string, holder: string): Promise<Registration> {
    try {
      return await this.registry.names.reserve({ name, appId: newId(), holder, now: this.clock.now() });
    } catch (error) {
      throw hasCode(error, 'apps.name-taken') ? nameTakenOnCreate() : error;
    }
  }

  private async write(principal: Principal, registration: Registration): Promise<void> {
    const { appId, name } = registration;
    try {
      await this.apps.write({
        app: { id: appId, name },
        principal,
        key: registration.holder,
        decide: (app) => (app ? [] : createApp(app, name)),
      });
    } catch (error) {
      // The log alone knows how an unclear attempt ended.
      const { position } = await this.reader.head(appId);
      if (position > 0) return;
      // `internal` may still come through: then the reservation waits for its review.
      if (isRepriseError(error) && error.kind !== 'internal') await afterEffect(() => this.registry.names.release(registration));
      throw error;
    }
  }
}
