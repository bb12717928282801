import { appLiving, RegistryStore } from '@reprise/app-registry-core';
import { isDuplicate, storing, type MongoDatabase } from '@reprise/mongodb';
import { APPS, type AppDocument } from './documents.js';
import { MongoCredentials } from './mongo-credentials.js';
import { MongoNames } from './mongo-names.js';
import { MongoProfiles } from './mongo-profiles.js';
import { MongoUsers } from './mongo-users.js';
import { UserReservations } from './user-reservations.js';

/** The database must have been opened with {@link registryCollections}. */
export class MongoRegistryStore extends RegistryStore {
  readonly names: MongoNames;
  readonly users: MongoUsers;
  readonly profiles: MongoProfiles;
  readonly credentials: MongoCredentials;
  private readonly reservations: UserReservations;

  constructor(private readonly database: MongoDatabase) {
    super();
    this.reservations = new UserReservations(database);
    this.names = new MongoNames(database, this.reservations);
    this.users = new MongoUsers(database, this.reservations);
    this.profiles = new MongoProfiles(database);
    this.credentials = new MongoCredentials(database);
  }

  /**
   * The tombstone decides, in the app's own document: with it place and profile are gone, and nothing comes late. The users that the job
   * reserved go afterwards. A crash in between leaves users who are nobody, neither listed nor found; a repeat removes them, and so
   * does whoever asks for one of these e-mails, because the reservation names an app that has a tombstone.
   */
  async discard(appId: string, holder: string): Promise<void> {
    await storing(async () => {
      await this.bury(appId);
      await this.reservations.end(holder);
    });
  }

  private async bury(appId: string): Promise<void> {
    try {
      await this.database
        .collection<AppDocument>(APPS)
        .updateOne(
          { _id: appId, state: { $nin: ['living', 'deleted'] } },
          { $set: { discarded: true }, $unset: { name: '', held: '', state: '', holder: '', changed: '', profile: '' } },
          { upsert: true },
        );
    } catch (error) {
      if (!isDuplicate(error, '_id')) throw error;
      const app = await this.database.collection<AppDocument>(APPS).findOne({ _id: appId });
      if (app?.state === 'living' || app?.state === 'deleted') throw appLiving();
      // It was made at the same moment, and is still in the making.
      await this.bury(appId);
    }
  }
}
