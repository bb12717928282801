import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { isCreateHolder, RegistryStore, type Registration } from '@reprise/app-registry-core';
import { EventLogReader } from '@reprise/event-store-core';
import { afterEffect, Clock, Logger } from '@reprise/kernel';
import { Periodic } from '@reprise/nest-kit';
import { RegistryConfig } from '../registry.config.js';
import { AppModel } from './app-model.js';

const REVIEW_EVERY_MS = 60_000;
/** Longer than any request lives, and than the clocks of two processes are apart, so that what is reviewed can't be under way. */
const ABANDONED_AFTER_MS = 20 * 60_000;
/** How long the name of an app may stay taken whose end another process put into the log before it died. Each time all living apps are looked at. */
const REVIEW_ALL_MS = 10 * 60_000;

/**
 * Finishes what a crash cut short: an app whose `AppCreated` is in the log takes its name, a reservation without one ends, an app whose
 * end is in the log gives its name back. Reservations of restores are their jobs' affair. Several processes may do it at once: the log says what
 * has to become of a name, and each change of it is one step that may be repeated.
 */
@Injectable()
export class UnfinishedApps implements OnModuleInit, OnModuleDestroy {
  private readonly reviews = new Periodic(REVIEW_EVERY_MS, () => this.review());
  private readonly reviewsOfAll = new Periodic(REVIEW_ALL_MS, () => this.reviewAll());
  /** Apps whose end is in the log, or on its way there, and whose names may not be free yet. */
  private readonly ending = new Set<string>();

  constructor(
    private readonly registry: RegistryStore,
    private readonly apps: AppModel,
    private readonly reader: EventLogReader,
    private readonly config: RegistryConfig,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.settleCreations(this.config.sole ? 0 : ABANDONED_AFTER_MS);
    await this.settleDeletions();
    this.reviews.start();
    this.reviewsOfAll.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.reviews.stop(), this.reviewsOfAll.stop()]);
  }

  /** Ends an app by `write`, which puts its end into the log, and gives its name back: should either fail halfway, the next review goes on. */
  async end(appId: string, write: () => Promise<unknown>): Promise<void> {
    this.ending.add(appId);
    await write();
    await afterEffect(() => this.registry.names.markDeleted(appId, this.clock.now()));
    this.ending.delete(appId);
  }

  private review(): Promise<void> {
    return this.logged(async () => {
      await this.settleCreations(ABANDONED_AFTER_MS);
      for (const appId of this.ending) await this.settleDeletion(appId);
    });
  }

  private reviewAll(): Promise<void> {
    return this.logged(() => this.settleDeletions());
  }

  private async logged(review: () => Promise<void>): Promise<void> {
    try {
      await review();
    } catch (error) {
      this.logger.warn('Names of apps could not be reviewed; this is tried again', { error });
    }
  }

  private async settleCreations(olderThanMs: number): Promise<void> {
    const before = new Date(this.clock.now().getTime() - olderThanMs);
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
