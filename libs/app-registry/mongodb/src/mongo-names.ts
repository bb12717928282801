import { appDiscarded, appIdTaken, NameRegistry, nameTaken, reservationLost, type Registration } from '@reprise/app-registry-core';
import { isDuplicate, storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { APPS, type AppDocument } from './documents.js';
import type { UserReservations } from './user-reservations.js';

interface Place {
  name: string;
  appId: string;
  holder: string;
}

/** Each step is one write to the app's document; that a name is one app's alone is the unique index over `held`. */
export class MongoNames extends NameRegistry {
  constructor(
    private readonly database: MongoDatabase,
    private readonly users: UserReservations,
  ) {
    super();
  }

  async reserve(request: Place & { now: Date }): Promise<Registration> {
    return storing(() => untilDecided(() => this.tryToReserve(request)));
  }

  private async tryToReserve({ name, appId, holder, now }: Place & { now: Date }): Promise<Registration | undefined> {
    const own = await this.apps.findOne({ holder, name });
    if (own) return toRegistration(own);
    const app = await this.apps.findOne({ _id: appId });
    if (app?.discarded) throw appDiscarded();
    const holding = await this.apps.findOne({ held: name });
    // The same holder was quicker, by another call.
    const meanwhile = [app, holding].find((other) => other?.holder === holder && other.name === name);
    if (meanwhile) return toRegistration(meanwhile);
    if (holding) throw nameTaken(name);
    if (app?.state) throw appIdTaken();
    const place = { name, state: 'reserved' as const, holder, changed: now };
    try {
      // The document first, which says nothing yet (or holds the profile): SecantusDB never lets go of a unique value that came by an insert.
      if (!app) await this.apps.insertOne({ _id: appId });
      const free = { _id: appId, state: { $exists: false }, discarded: { $ne: true } };
      const reserved = await this.apps.updateOne(free, { $set: { ...place, held: name } });
      return reserved.matchedCount > 0 ? { appId, ...place } : undefined;
    } catch (error) {
      // Another was quicker: with the name, with the app, or the same holder with another app.
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /**
   * From the moment in which the app is living, the users who are reserved under its holder are real: reading them asks for that. Writing it to
   * each of them saves that question. A crash in between leaves it to a repeat, or to whoever looks at one of them next.
   */
  async take({ name, appId, holder, now }: Place & { now: Date }): Promise<void> {
    await storing(async () => {
      const taken = await this.apps.updateOne({ _id: appId, name, holder, state: 'reserved' }, { $set: { state: 'living', changed: now } });
      if (taken.matchedCount === 0 && !(await this.apps.findOne({ _id: appId, name, holder }))) throw reservationLost(name);
      await this.users.fulfil([holder]);
    });
  }

  async release({ name, appId, holder }: Place): Promise<void> {
    await storing(() =>
      this.apps.updateOne({ _id: appId, name, holder, state: 'reserved' }, { $unset: { name: '', held: '', state: '', holder: '', changed: '' } }),
    );
  }

  async markDeleted(appId: string, now: Date): Promise<void> {
    await storing(() => this.apps.updateOne({ _id: appId, state: 'living' }, { $set: { state: 'deleted', changed: now }, $unset: { held: '' } }));
  }

  async byName(name: string): Promise<Registration | undefined> {
    const app = await storing(() => this.apps.findOne({ held: name }));
    return app ? toRegistration(app) : undefined;
  }

  async byId(appId: string): Promise<Registration | undefined> {
    const app = await storing(() => this.apps.findOne({ _id: appId, state: { $exists: true } }));
    return app ? toRegistration(app) : undefined;
  }

  async living(): Promise<Registration[]> {
    const apps = await storing(() => this.apps.find({ state: 'living' }).sort({ name: 1 }).toArray());
    return apps.map(toRegistration);
  }

  async reservations(before: Date): Promise<Registration[]> {
    const apps = await storing(() =>
      this.apps
        .find({ state: 'reserved', changed: { $lt: before } })
        .sort({ changed: 1 })
        .toArray(),
    );
    return apps.map(toRegistration);
  }

  private get apps() {
    return this.database.collection<AppDocument>(APPS);
  }
}

function toRegistration({ _id: appId, name, state, holder, changed }: AppDocument): Registration {
  return { appId, name: name!, state: state!, holder: holder!, changed: changed! };
}
