import { registryStoreContract } from '@reprise/app-registry-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { registryCollections } from './documents.js';
import { MongoRegistryStore } from './mongo-registry-store.js';

describe.skipIf(!hasMongo())(`The registry on MongoDB (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  }, 90_000);
  afterAll(() => server?.stop());

  registryStoreContract('MongoDB', async () => {
    const { database, reopen } = await server.database(registryCollections);
    return { store: new MongoRegistryStore(database), reopen: async () => new MongoRegistryStore(await reopen()), close: async () => {} };
  });
});
