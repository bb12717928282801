import { setTimeout as pause } from 'node:timers/promises';
import { jobStoreContract } from '@reprise/backup-testing';
import { hasMongo, HOW_TO_ENABLE_MONGO } from '@reprise/engines';
import { TestServer } from '@reprise/mongodb/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { backupCollections } from './documents.js';
import { MongoJobStore } from './mongo-job-store.js';

describe.skipIf(!hasMongo())(`The job store on MongoDB (${HOW_TO_ENABLE_MONGO})`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  }, 90_000);
  afterAll(() => server?.stop());

  jobStoreContract('MongoDB', async () => {
    const { database, reopen } = await server.database(backupCollections);
    return {
      store: new MongoJobStore(database),
      reopen: async () => new MongoJobStore(await reopen()),
      elapse: (ms) => pause(ms),
      close: async () => {},
    };
  });
});
