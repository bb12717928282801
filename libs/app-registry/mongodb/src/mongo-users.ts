import { appDiscarded, emailKey, emailTaken, UserDirectory } from '@reprise/app-registry-core';
import type { User } from '@reprise/contracts';
import { newId } from '@reprise/kernel';
import { isDuplicate, storing, untilDecided, type MongoDatabase } from '@reprise/mongodb';
import { APPS, USERS, type AppDocument, type UserDocument, type UserReservation } from './documents.js';
import type { UserReservations } from './user-reservations.js';

/** Each step is one write to the user's document; that an e-mail is one user's is the unique index over its key. */
export class MongoUsers extends UserDirectory {
  constructor(
    private readonly database: MongoDatabase,
    private readonly reservations: UserReservations,
  ) {
    super();
  }

  async byIds(ids: readonly string[]): Promise<User[]> {
    const users = await storing(async () => this.reservations.real(await this.users.find({ _id: { $in: [...ids] } }).toArray()));
    return users.map(toUser);
  }

  async byEmail(email: string): Promise<User | undefined> {
    return (await this.byKeys([emailKey(email)])).get(emailKey(email));
  }

  async create(user: User): Promise<User> {
    return storing(() => untilDecided(() => this.tryToCreate(user)));
  }

  private async tryToCreate(user: User): Promise<User | undefined> {
    const { id, email, displayName } = user;
    const known = await this.users.findOne({ key: emailKey(email) });
    if (known && (await this.reservations.real([known])).length > 0) {
      // Its own answer was lost.
      if (known._id === id) return toUser(known);
      throw emailTaken();
    }
    if (known) {
      // Events that a restore is importing name him by this id already.
      const change = { $set: { real: true, email, displayName }, $unset: { reservations: '' as const } };
      const made = await this.users.updateOne({ _id: known._id, real: false }, change);
      return made.matchedCount > 0 ? { ...user, id: known._id } : undefined;
    }
    const made = await this.insert({ _id: id, email, key: emailKey(email), displayName, real: true });
    return made ? user : undefined;
  }

  async resolve(emails: readonly string[], reserveFor?: UserReservation): Promise<{ ids: Record<string, string>; created: string[] }> {
    return storing(async () => {
      const known = await this.byKeys(emails.map(emailKey));
      if (!reserveFor) {
        const ids = emails.flatMap((email) => (known.has(emailKey(email)) ? [[email, known.get(emailKey(email))!.id] as const] : []));
        return { ids: Object.fromEntries(ids), created: [] };
      }
      return this.reserve(emails, known, { jobId: reserveFor.jobId, appId: reserveFor.appId });
    });
  }

  /**
   * The tombstone is looked at before and after: a discard that came in between has not seen what was reserved since, so it is taken back here.
   * A crash before that leaves a void reservation, see {@link UserReservations}.
   */
  private async reserve(emails: readonly string[], known: ReadonlyMap<string, User>, reservation: UserReservation) {
    await this.refuseDiscarded(reservation.appId);
    const ids: [string, string][] = [];
    const created = new Map<string, string>();
    for (const email of emails) {
      const user = known.get(emailKey(email));
      const reserved = user ? undefined : await untilDecided(() => this.tryToReserve(email, reservation));
      ids.push([email, user?.id ?? reserved!._id]);
      if (reserved?.reservations?.[0]?.jobId === reservation.jobId && !created.has(reserved.key)) created.set(reserved.key, email);
    }
    await this.refuseDiscarded(reservation.appId, () => this.reservations.end(reservation.jobId));
    return { ids: Object.fromEntries(ids), created: [...created.values()] };
  }

  /** The user, real or with this reservation among others. */
  private async tryToReserve(email: string, reservation: UserReservation): Promise<UserDocument | undefined> {
    const key = emailKey(email);
    const known = await this.users.findOne({ key });
    if (!known) {
      const user = { _id: newId(), email, key, displayName: email, real: false, reservations: [reservation] };
      return (await this.insert(user)) ? user : undefined;
    }
    if (known.real) return known;
    if (await this.reservations.settle(known)) return undefined;
    if (known.reservations?.some(({ jobId }) => jobId === reservation.jobId)) return known;
    const added = await this.users.updateOne(
      { _id: known._id, real: false, 'reservations.jobId': { $ne: reservation.jobId } },
      { $push: { reservations: reservation } },
    );
    return added.matchedCount > 0 ? { ...known, reservations: [...(known.reservations ?? []), reservation] } : undefined;
  }

  private async refuseDiscarded(appId: string, before?: () => Promise<void>): Promise<void> {
    const app = await this.database.collection<AppDocument>(APPS).findOne({ _id: appId }, { projection: { discarded: 1 } });
    if (!app?.discarded) return;
    await before?.();
    throw appDiscarded();
  }

  /** Real users by the key of their e-mail. */
  private async byKeys(keys: readonly string[]): Promise<Map<string, User>> {
    const users = await storing(async () => this.reservations.real(await this.users.find({ key: { $in: [...keys] } }).toArray()));
    return new Map(users.map((user) => [user.key, toUser(user)]));
  }

  /** False when another has the e-mail. */
  private async insert(user: UserDocument): Promise<boolean> {
    try {
      await this.users.insertOne(user);
      return true;
    } catch (error) {
      if (isDuplicate(error, 'key')) return false;
      throw error;
    }
  }

  private get users() {
    return this.database.collection<UserDocument>(USERS);
  }
}

function toUser({ _id: id, email, displayName }: UserDocument): User {
  return { id, email, displayName };
}
