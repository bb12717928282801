import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { CuttingProxy, hasMongo, HOW_TO_ENABLE_MONGO, startMongo, type TestEngine } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MongoDatabase } from './mongo-database.js';
import { eachOf, isDuplicate, isUnknownOutcome, storing } from './mongo-errors.js';
import { collection } from './mongo-module.js';

interface Thing {
  _id: string;
  name: string;
}
const modules = [{ things: collection<Thing>({ _id: String, name: String }, [[{ name: 1 }, { unique: true }]]) }];

describe.skipIf(!hasMongo())(`A MongoDB database (${HOW_TO_ENABLE_MONGO})`, () => {
  let engine: TestEngine;
  let database: MongoDatabase;
  beforeAll(async () => {
    engine = await startMongo();
    database = await MongoDatabase.open({ url: engine.url, database: `test-${newId()}`, modules });
  }, 90_000);
  afterAll(async () => {
    await database?.drop();
    await database?.close();
    await engine?.stop();
  });

  it('is refused at start until its indexes are made', async () => {
    await expect(database.check()).rejects.toMatchObject({ code: 'storage.not-migrated' });
    await Promise.all([database.migrate(), database.migrate()]);
    await database.check();
  });

  it('says which index refused a document', async () => {
    await database.migrate();
    const things = database.model<Thing>('things');
    await things.create({ _id: 'a', name: 'n' });
    const twice = await things.create({ _id: 'b', name: 'n' }).catch((error: unknown) => error);
    expect([isDuplicate(twice), isDuplicate(twice, 'name'), isDuplicate(twice, '_id')]).toEqual([true, true, false]);
  });

  it('is named unreachable when it has lost a cursor, as one has that was started again', async () => {
    await database.migrate();
    const things = database.collection<Thing>('things');
    await things.insertMany(['1', '2', '3', '4', '5'].map((_id) => ({ _id, name: `of five ${_id}` })));
    const cursor = things.find({ _id: /^[1-5]$/ }, { batchSize: 2 });
    const read = async () => {
      for await (const { _id } of eachOf(cursor)) {
        if (_id === '1') await database.model('things').db.db!.command({ killCursors: 'things', cursors: [cursor.id] });
      }
    };
    await expect(read()).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });

  it('is named unreachable by a command whose connection has ended, and does not say so yet', async () => {
    await database.migrate();
    const things = database.collection<Thing>('things');
    const sockets: Socket[] = [];
    const opened = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
    subscribe('net.client.socket', opened);
    onTestFinished(() => void unsubscribe('net.client.socket', opened));
    const url = `${engine.url}${engine.url.includes('?') ? '&' : '/?'}retryReads=false`;
    const own = await MongoDatabase.open({ url, database: things.dbName, modules });
    onTestFinished(() => own.close());
    await own.collection('things').findOne();
    for (const socket of sockets) socket.destroy();
    await expect(storing(() => own.collection('things').findOne())).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
    await own.collection('things').findOne();
  });

  it('is not reachable while it gives no answer', async () => {
    const proxy = await CuttingProxy.start(engine.url);
    onTestFinished(() => proxy.stop());
    const slow = await MongoDatabase.open({ url: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, database: 'none', modules });
    onTestFinished(() => slow.close());
    const silent = proxy.beSilent(3_000);
    expect(await slow.isReachable(2_000)).toBe(false);
    await silent;
    expect(await slow.isReachable(2_000)).toBe(true);
  });

  it('is named unreachable when nobody answers', async () => {
    const opening = MongoDatabase.open({ url: 'mongodb://127.0.0.1:1', database: 'none', modules, selectionMs: 200 });
    await expect(opening).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });
});

describe('A connection that its other side ends while it is written to', () => {
  it('leaves unknown what became of a write, and is named unreachable', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('finish', () => socket.write('a command')).resume();
    const [error] = (await once(socket, 'error')) as [Error];
    server.close();
    expect([error, isUnknownOutcome(error)]).toEqual([expect.objectContaining({ code: 'EPIPE' }), true]);
    await expect(storing(() => Promise.reject(error))).rejects.toMatchObject({ kind: 'unavailable', code: 'storage.unreachable' });
  });
});
