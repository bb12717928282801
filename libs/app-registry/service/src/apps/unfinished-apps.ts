import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isCreateHolder, RegistryStore, type Registration } from '@reprise/app-registry-core';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock, Logger } from '@reprise/kernel';
import { AppModel } from './app-model.js';

const REVIEW_EVERY_MS = 60_000;
/** Longer than any request lives, so that what is reviewed can't be under way. */
const ABANDONED_AFTER_MS = 120_000;

/**
 * Finishes what a crash cut short: an app whose `AppCreated` is in the log takes its name, a reservation without one ends, an app whose
 * end is in the log gives its name back. Reservations of restores are their jobs' affair.
 */
@Injectable()
export class UnfinishedApps implements OnModuleInit, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  /** Apps whose end is in the log, or on its way there, and whose names may not be free yet. */
  private readonly ending = new Set<string>();

  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly reader: EventLogReader,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.settleCreations(this.clock.now());
    await this.settleDeletions();
    this.timer = setInterval(() => void this.review(), REVIEW_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Ends an app by `write`, which puts its end into the log, and gives its name back: should either fail halfway, the next review goes on. */
  async end(appId: string, write: () => Promise<unknown>): Promise<void> {
    this.ending.add(appId);
    await write();
    await this.registry.names.markDeleted(appId, this.clock.now());
    this.ending.delete(appId);
  }

  private async review(): Promise<void> {
    try {
      await this.settleCreations(new Date(this.clock.now().getTime() - ABANDONED_AFTER_MS));
      for (const appId of this.ending) await this.settleDeletion(appId);
    } catch (error) {
      this.logger.warn('Names of apps could not be reviewed; the next review will be in a minute', { error });
    }
  }

  private async settleCreations(before: Date): Promise<void> {
    for (const registration of await this.registry.names.reservations(before)) {
      if (isCreateHolder(registration.holder)) await this.settle(registration);
    }
  }

  private async settle(registration: Registration): Promise<void> {
    const { position } = await this.reader.head(registration.appId);
    if (position > 0) await this.registry.names.take({ ...registration, now: this.clock.now() });
    else await this.registry.names.release(registration);
    this.logger.info(position > 0 ? 'An app that was being created took its name' : 'An app that was being created is given up', { appId: registration.appId });
  }

  private async settleDeletions(): Promise<void> {
    for (const { appId } of await this.registry.names.living()) await this.settleDeletion(appId);
  }

  private async settleDeletion(appId: string): Promise<void> {
    if ((await this.apps.current(appId))?.isDeleted) await this.registry.names.markDeleted(appId, this.clock.now());
    this.ending.delete(appId);
  }
}
