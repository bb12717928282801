import { discardedError } from '@reprise/assets-core';
import { isDuplicate, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import type { mongo } from 'mongoose';
import { APPS, type AppDocument } from './documents.js';

/** The app's document, which says whether it was discarded: made where it is missing, changed by one write. */
export class AppDocuments {
  constructor(private readonly database: MongoDatabase) {}

  async find(appId: string): Promise<AppDocument | undefined> {
    return (await this.collection.findOne({ _id: appId })) ?? undefined;
  }

  async isDiscarded(appId: string): Promise<boolean> {
    return (await this.collection.findOne({ _id: appId, discarded: true }, { projection: { _id: 1 } })) !== null;
  }

  async refuseDiscarded(appId: string): Promise<void> {
    if (await this.isDiscarded(appId)) throw discardedError();
  }

  /** Puts up the tombstone; tags go in the same write. Idempotent. */
  async discard(appId: string): Promise<void> {
    await untilDecided(() => this.upsert({ _id: appId }, { $set: { discarded: true }, $unset: { tags: '', aliases: '', version: '' } }));
  }

  /**
   * Changes an app that was not discarded. With `version` only from that one: undefined when it isn't any more. Error `assets.discarded`.
   */
  async change(appId: string, change: mongo.UpdateFilter<AppDocument>, version?: number): Promise<true | undefined> {
    const expected = version === undefined ? {} : { version: version === 0 ? { $exists: false } : version };
    const changed = await this.upsert({ _id: appId, discarded: { $ne: true }, ...expected }, change, version === undefined || version === 0);
    if (!changed) await this.refuseDiscarded(appId);
    return changed;
  }

  private async upsert(filter: mongo.Filter<AppDocument>, change: mongo.UpdateFilter<AppDocument>, upsert = true): Promise<true | undefined> {
    try {
      const { matchedCount, upsertedCount } = await this.collection.updateOne(filter, change, { upsert });
      return matchedCount + upsertedCount > 0 ? true : undefined;
    } catch (error) {
      // It is there, but not as the filter wants it; or another made it at the same moment.
      if (isDuplicate(error, '_id')) return undefined;
      throw error;
    }
  }

  private get collection() {
    return this.database.collection<AppDocument>(APPS);
  }
}
