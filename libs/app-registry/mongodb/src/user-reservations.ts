import type { MongoDatabase } from '@reprise/mongodb';
import { APPS, USERS, type AppDocument, type UserDocument } from './documents.js';

/**
 * Users whom jobs have reserved. What a reservation is worth follows from the job's app alone: once it lives the user is real, once it has a
 * tombstone the reservation is void. Everything in here only carries that out, so that it may be left half done and done again, by anybody.
 */
export class UserReservations {
  constructor(private readonly database: MongoDatabase) {}

  /** The users as they are by now: real ones alone, in the order given. */
  async real(users: readonly UserDocument[]): Promise<UserDocument[]> {
    const unreal = users.filter(({ real }) => !real);
    if (unreal.length === 0) return [...users];
    const { taken } = await this.fates(unreal);
    await this.fulfil(taken);
    return users.filter(({ real, reservations = [] }) => real || reservations.some(({ jobId }) => taken.includes(jobId)));
  }

  /** Carries out what has become of the jobs that reserved him. True if that changes him. */
  async settle(user: UserDocument): Promise<boolean> {
    const { taken, ended } = await this.fates([user]);
    await this.fulfil(taken);
    for (const jobId of ended) await this.drop(jobId, { _id: user._id });
    return taken.length + ended.length > 0;
  }

  /** The users whom these jobs reserved are real. */
  async fulfil(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length === 0) return;
    await this.users.updateMany({ real: false, 'reservations.jobId': { $in: [...jobIds] } }, { $set: { real: true }, $unset: { reservations: '' } });
  }

  /** The job is over: users whom nobody else wants go with it. Those of a job that has taken a name are real and stay. */
  async end(jobId: string): Promise<void> {
    if (await this.apps.findOne({ holder: jobId, state: { $in: ['living', 'deleted'] } })) await this.fulfil([jobId]);
    else await this.drop(jobId, {});
  }

  /** Nobody is ever without a reservation and not real: the last one goes only with him, and one that isn't the last only while it isn't. */
  private async drop(jobId: string, which: { _id?: string }): Promise<void> {
    const reserved = { ...which, real: false, 'reservations.jobId': jobId };
    do {
      await this.users.deleteMany({ ...reserved, 'reservations.1': { $exists: false } });
      await this.users.updateMany({ ...reserved, 'reservations.1': { $exists: true } }, { $pull: { reservations: { jobId } } });
    } while (await this.users.findOne(reserved, { projection: { _id: 1 } }));
  }

  /** Of the jobs that reserved these users: who has taken a name, and whose app was discarded. */
  private async fates(users: readonly UserDocument[]): Promise<{ taken: string[]; ended: string[] }> {
    const reservations = users.flatMap((user) => user.reservations ?? []);
    const jobs = [...new Set(reservations.map(({ jobId }) => jobId))];
    const apps = [...new Set(reservations.map(({ appId }) => appId))];
    const decided = await this.apps
      .find(
        {
          $or: [
            { holder: { $in: jobs }, state: { $in: ['living', 'deleted'] } },
            { _id: { $in: apps }, discarded: true },
          ],
        },
        { projection: { holder: 1, discarded: 1 } },
      )
      .toArray();
    const taken = decided.flatMap(({ holder }) => holder ?? []);
    const discarded = new Set(decided.filter((app) => app.discarded).map(({ _id }) => _id));
    const ended = reservations.filter(({ appId, jobId }) => discarded.has(appId) && !taken.includes(jobId)).map(({ jobId }) => jobId);
    return { taken, ended: [...new Set(ended)] };
  }

  private get users() {
    return this.database.collection<UserDocument>(USERS);
  }

  private get apps() {
    return this.database.collection<AppDocument>(APPS);
  }
}
