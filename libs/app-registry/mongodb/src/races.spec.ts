import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registryCollections, USERS, type UserDocument } from './documents.js';
import { MongoRegistryStore } from './mongo-registry-store.js';

const now = new Date('2025-03-01T08:00:00Z');
const forty = Array.from({ length: 40 }, (_, index) => index);

describe.skipIf(!hasMongo())(`Two processes at the registry on MongoDB (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  let database: MongoDatabase;
  let stores: MongoRegistryStore[];
  beforeAll(async () => {
    server = await TestServer.start();
    const opened = await server.database(registryCollections);
    database = opened.database;
    stores = [new MongoRegistryStore(database), new MongoRegistryStore(await opened.reopen())];
  }, 90_000);
  afterAll(() => server?.stop());
  const store = (index: number) => stores[index % 2]!;
  const answered = <Result>(answers: PromiseSettledResult<Result>[]) => answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const codes = (answers: PromiseSettledResult<unknown>[]) => [
    ...new Set(answers.flatMap((answer) => (answer.status === 'rejected' ? [(answer.reason as { code: string }).code] : []))),
  ];

  it('give a name to one of 40 that reserve it', async () => {
    const name = newId();
    const answers = await Promise.allSettled(forty.map((index) => store(index).names.reserve({ name, appId: newId(), holder: `job-${index}`, now })));
    expect(answered(answers)).toHaveLength(1);
    expect(codes(answers)).toEqual(['apps.name-taken']);
  });

  it('give 40 repeats of one command the same reservation', async () => {
    const [name, holder] = [newId(), newId()];
    const answers = await Promise.all(forty.map((index) => store(index).names.reserve({ name, appId: newId(), holder, now })));
    expect(new Set(answers.map(({ appId }) => appId)).size).toBe(1);
  });

  it('let 40 that take, release and discard see one outcome', async () => {
    for (let round = 0; round < 5; round++) {
      const id = newId();
      const place = { name: id, appId: id, holder: `job-${id}`, now };
      await store(0).names.reserve(place);
      await store(0).users.resolve([`a@${id}.org`], { jobId: place.holder, appId: id });
      const answers = await Promise.allSettled(
        forty.map(async (index) => {
          if (index % 4 === 0) await store(index).discard(id, place.holder);
          else if (index % 4 === 1) await store(index).names.release(place);
          else await store(index).names.take(place);
        }),
      );
      const living = (await store(0).names.byId(id))?.state === 'living';
      expect(codes(answers)).toEqual([living ? 'apps.living' : 'apps.reservation-lost']);
      expect((await store(0).users.byEmail(`a@${id}.org`)) !== undefined).toBe(living);
      expect(await database.collection<UserDocument>(USERS).countDocuments({ key: `a@${id}.org` })).toBe(living ? 1 : 0);
    }
  });

  it('make one user of an e-mail that 40 reserve or create', async () => {
    const email = `${newId()}@example.org`;
    const answers = await Promise.all(
      forty.map(async (index) => {
        if (index === 20) return (await store(index).users.create({ id: newId(), email, displayName: 'New' })).id;
        return (await store(index).users.resolve([email.toUpperCase()], { jobId: `job-${index}`, appId: `app-${index}` })).ids[email.toUpperCase()];
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(await store(0).users.byEmail(email)).toMatchObject({ displayName: 'New' });
  });

  it('leave no user of a job that is discarded while it reserves', async () => {
    for (let round = 0; round < 5; round++) {
      const [jobId, appId] = [newId(), newId()];
      const emails = forty.map((index) => `${index}@${jobId}.org`);
      await Promise.allSettled([...emails.map((email, index) => store(index).users.resolve([email], { jobId, appId })), store(round).discard(appId, jobId)]);
      expect(await database.collection<UserDocument>(USERS).countDocuments({ key: { $in: emails } })).toBe(0);
    }
  });
});
