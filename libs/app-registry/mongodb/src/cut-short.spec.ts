import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { cutAtEachWrite, TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, registryCollections, USERS, type AppDocument, type UserDocument } from './documents.js';
import { MongoRegistryStore } from './mongo-registry-store.js';

const now = new Date('2025-03-01T08:00:00Z');

describe.skipIf(!hasMongo())(`Steps of the registry on MongoDB that are cut short (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  let database: MongoDatabase;
  let store: MongoRegistryStore;
  beforeAll(async () => {
    server = await TestServer.start();
    ({ database } = await server.database(registryCollections));
    store = new MongoRegistryStore(database);
  }, 90_000);
  afterAll(() => server?.stop());

  const users = () => database.collection<UserDocument>(USERS);
  /** A restore that has reserved its name. */
  const aRestore = async () => {
    const id = newId();
    const place = { name: `app-${id}`, appId: id, holder: `job-${id}`, now };
    await store.names.reserve(place);
    return { ...place, jobId: place.holder, emails: [`a@${id}.org`, `b@${id}.org`, `c@${id}.org`] };
  };
  type Restore = Awaited<ReturnType<typeof aRestore>>;
  const withUsers = async () => {
    const restore = await aRestore();
    return { ...restore, ids: (await store.users.resolve(restore.emails, restore)).ids };
  };
  const realEmails = async ({ emails }: Restore) => Object.keys((await store.users.resolve(emails)).ids).length;
  const stored = ({ emails }: Restore) => users().countDocuments({ key: { $in: emails } });

  it('reserve: the name is free or reserved, and the repeat answers', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: async () => {
        const id = newId();
        return { name: `app-${id}`, appId: id, holder: `job-${id}`, now };
      },
      act: (failing, place) => new MongoRegistryStore(failing).names.reserve(place),
      then: async (place, cut) => {
        expect((await store.names.byName(place.name))?.state, cut).toBe(cut === 'after write 2' ? 'reserved' : undefined);
        expect(await store.names.reserve(place), cut).toMatchObject({ appId: place.appId, state: 'reserved' });
      },
    });
    expect(cuts).toBe(4);
  });

  it('take: the users are real exactly when the app lives', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: withUsers,
      act: (failing, restore) => new MongoRegistryStore(failing).names.take(restore),
      then: async (restore, cut) => {
        const isTaken = (await store.names.byName(restore.name))?.state === 'living';
        expect(await realEmails(restore), cut).toBe(isTaken ? 3 : 0);
        expect(await store.users.byIds(Object.values(restore.ids)), cut).toHaveLength(isTaken ? 3 : 0);
        await store.names.take(restore);
        expect(await realEmails(restore), cut).toBe(3);
        expect(await users().countDocuments({ key: { $in: restore.emails }, real: true }), cut).toBe(3);
      },
    });
    expect(cuts).toBe(4);
  });

  it('take: nobody may create a user anew whom the taken app has, though nobody repeats the step', async () => {
    await cutAtEachWrite(database, {
      arrange: withUsers,
      act: (failing, restore) => new MongoRegistryStore(failing).names.take(restore),
      then: async (restore, cut) => {
        const isTaken = (await store.names.byName(restore.name))?.state === 'living';
        const [email = ''] = restore.emails;
        const creating = store.users.create({ id: newId(), email, displayName: 'Else' });
        if (isTaken) await expect(creating, cut).rejects.toMatchObject({ code: 'users.email-taken' });
        else expect(await creating, cut).toMatchObject({ id: restore.ids[email] });
      },
    });
  });

  it('discard: a repeat leaves nothing but users whom another job wants', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: async () => {
        const [restore, other] = [await withUsers(), await aRestore()];
        await store.users.resolve(restore.emails.slice(0, 1), other);
        await store.profiles.put(restore.appId, { settings: '{"a":1}' });
        return { restore, other };
      },
      act: (failing, { restore }) => new MongoRegistryStore(failing).discard(restore.appId, restore.jobId),
      then: async ({ restore, other }, cut) => {
        expect(await realEmails(restore), cut).toBe(0);
        await store.discard(restore.appId, restore.jobId);
        expect(await database.collection<AppDocument>(APPS).findOne({ _id: restore.appId }), cut).toEqual({ _id: restore.appId, discarded: true });
        expect(
          (
            await users()
              .find({ key: { $in: restore.emails } })
              .toArray()
          ).map((user) => user.reservations),
          cut,
        ).toEqual([[{ jobId: other.jobId, appId: other.appId }]]);
      },
    });
    expect(cuts).toBe(6);
  });

  it('discard: who asks for an e-mail next gets a new user, though nobody repeats the step', async () => {
    await cutAtEachWrite(database, {
      arrange: withUsers,
      act: (failing, restore) => new MongoRegistryStore(failing).discard(restore.appId, restore.jobId),
      then: async (restore, cut) => {
        const isDiscarded = !(await store.names.byId(restore.appId));
        const next = await aRestore();
        const { ids, created } = await store.users.resolve(restore.emails, next);
        expect(created, cut).toEqual(isDiscarded ? restore.emails : []);
        expect(
          restore.emails.every((email) => ids[email] === restore.ids[email]),
          cut,
        ).toBe(!isDiscarded);
        await store.discard(next.appId, next.jobId);
        await store.discard(restore.appId, restore.jobId);
        expect(await stored(restore), cut).toBe(0);
      },
    });
  });

  it('resolve: a repeat has the same ids and names all whom the job made', async () => {
    const cuts = await cutAtEachWrite(database, {
      arrange: aRestore,
      act: (failing, restore) => new MongoRegistryStore(failing).users.resolve(restore.emails, restore),
      then: async (restore, cut) => {
        const { ids, created } = await store.users.resolve(restore.emails, restore);
        expect(created, cut).toEqual(restore.emails);
        expect(new Set(Object.values(ids)).size, cut).toBe(3);
        expect(await stored(restore), cut).toBe(3);
        await store.discard(restore.appId, restore.jobId);
        expect(await stored(restore), cut).toBe(0);
      },
    });
    expect(cuts).toBe(6);
  });

  it('create: a repeat answers the one user', async () => {
    await cutAtEachWrite(database, {
      arrange: withUsers,
      act: (failing, { emails: [email = ''] }) => new MongoRegistryStore(failing).users.create({ id: 'new', email, displayName: 'New' }),
      then: async ({ emails: [email = ''], ids }, cut) => {
        expect((await store.users.byEmail(email))?.id, cut).toBe(cut.startsWith('before') ? undefined : ids[email]);
        const user = { id: ids[email]!, email, displayName: 'New' };
        expect(await store.users.create(user), cut).toEqual(user);
      },
    });
  });
});
