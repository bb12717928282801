import { appDiscarded, ProfileStore, type AppProfile } from '@reprise/app-registry-core';
import { isDuplicate, storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { APPS, type AppDocument } from './documents.js';

export class MongoProfiles extends ProfileStore {
  constructor(private readonly database: MongoDatabase) {
    super();
  }

  async get(appId: string): Promise<AppProfile> {
    const app = await storing(() => this.apps.findOne({ _id: appId }, { projection: { profile: 1 } }));
    return app?.profile ?? { settings: '{}' };
  }

  async put(appId: string, { settings, avatar }: AppProfile): Promise<void> {
    const profile: AppProfile = { settings, ...(avatar ? { avatar: { key: avatar.key, size: avatar.size } } : {}) };
    await storing(() =>
      untilDecided(async () => {
        try {
          return await this.apps.updateOne({ _id: appId, discarded: { $ne: true } }, { $set: { profile } }, { upsert: true });
        } catch (error) {
          if (!isDuplicate(error, '_id')) throw error;
          if ((await this.apps.findOne({ _id: appId }))?.discarded) throw appDiscarded();
          return undefined;
        }
      }),
    );
  }

  private get apps() {
    return this.database.collection<AppDocument>(APPS);
  }
}
