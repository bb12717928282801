import { assetStoresContract } from '@reprise/assets-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { cutAtEachWrite, TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetCollections, UPLOADS, type UploadDocument } from './documents.js';
import { MongoDiscardedApps } from './mongo-discarded-apps.js';
import { MongoPendingUploads } from './mongo-pending-uploads.js';
import { MongoTagStore } from './mongo-tag-store.js';

describe.skipIf(!hasMongo())(`The stores of the assets service on MongoDB (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  let database: MongoDatabase;
  beforeAll(async () => {
    server = await TestServer.start();
    ({ database } = await server.database(assetCollections));
  }, 90_000);
  afterAll(() => server?.stop());

  assetStoresContract('MongoDB', async () => ({
    tags: new MongoTagStore(database),
    uploads: new MongoPendingUploads(database),
    discarded: new MongoDiscardedApps(database),
    close: async () => {},
  }));

  const now = new Date('2025-03-01T08:00:00Z');
  const forty = Array.from({ length: 40 }, (_, index) => index);

  it('make each tag once, of 40 different ones that are asked for at once', async () => {
    const tags = new MongoTagStore(database);
    const app = newId();
    const answers = await Promise.all(forty.map((index) => tags.ensure(app, [`tag-${index % 10}`, 'all'])));
    const stored = (await tags.read(app)).tags;
    expect(stored).toHaveLength(11);
    for (const [index, ids] of answers.entries()) {
      expect(ids).toEqual([stored.find(({ name }) => name === `tag-${index % 10}`)?.id, stored.find(({ name }) => name === 'all')?.id]);
    }
  });

  it('lose no count, and none of the tags that are made meanwhile', async () => {
    const tags = new MongoTagStore(database);
    const app = newId();
    const [id = ''] = await tags.ensure(app, ['press']);
    await Promise.all(forty.flatMap((index) => [tags.adjust(app, { [id]: 1, $odd: 1 }), tags.ensure(app, [`tag-${index}`])]));
    const stored = (await tags.read(app)).tags;
    expect([stored.length, stored[0]]).toEqual([41, { id, name: 'press', count: 40 }]);
  });

  it('let one asset of 40 have an upload', async () => {
    const uploads = new MongoPendingUploads(database);
    const upload = { uploadId: newId(), appId: newId(), now };
    await Promise.all(forty.map(() => uploads.begin(upload)));
    const claims = await Promise.all(forty.map((index) => uploads.claim({ ...upload, assetId: `asset-${index}` })));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('leave no note of an app that is discarded while uploads begin', async () => {
    const uploads = new MongoPendingUploads(database);
    const appId = newId();
    await Promise.allSettled([...forty.map(() => uploads.begin({ uploadId: newId(), appId, now })), uploads.discard(appId)]);
    expect(await database.collection<UploadDocument>(UPLOADS).countDocuments({ appId })).toBe(0);
  });

  it('are right again when a step that was cut short is repeated', async () => {
    const anApp = async () => ({ uploadId: newId(), appId: newId(), now });
    const [tags, uploads] = [new MongoTagStore(database), new MongoPendingUploads(database)];
    const ensured = await cutAtEachWrite(database, {
      arrange: anApp,
      act: (failing, { appId }) => new MongoTagStore(failing).ensure(appId, ['press', 'photo']),
      then: async ({ appId }, cut) => {
        const ids = await tags.ensure(appId, ['press', 'photo']);
        expect(
          (await tags.read(appId)).tags.map(({ id }) => id),
          cut,
        ).toEqual(ids);
      },
    });
    const begun = await cutAtEachWrite(database, {
      arrange: anApp,
      act: (failing, upload) => new MongoPendingUploads(failing).begin(upload),
      then: async (upload, cut) => {
        await uploads.begin(upload);
        expect(await uploads.find(upload.uploadId), cut).toEqual({ uploadId: upload.uploadId, appId: upload.appId });
      },
    });
    const discarded = await cutAtEachWrite(database, {
      arrange: async () => {
        const upload = await anApp();
        await uploads.begin(upload);
        await tags.ensure(upload.appId, ['press']);
        return upload;
      },
      act: (failing, { appId }) => new MongoPendingUploads(failing).discard(appId),
      then: async ({ uploadId, appId }, cut) => {
        await uploads.discard(appId);
        expect([await uploads.find(uploadId), await tags.read(appId)], cut).toEqual([undefined, { tags: [], aliases: [] }]);
      },
    });
    expect([ensured, begun, discarded]).toEqual([2, 2, 4]);
  });
});
