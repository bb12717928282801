import { randomBytes } from 'node:crypto';
import { hasMongo, HOW_TO_ENABLE_MONGO, startMongo, type TestEngine } from '@reprise/engines';
import { newId } from '@reprise/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoDatabase } from './mongo-database.js';
import { Pieces, piecesCollection } from './pieces.js';

describe.skipIf(!hasMongo())(`Pieces of large texts (${HOW_TO_ENABLE_MONGO})`, () => {
  let engine: TestEngine;
  let database: MongoDatabase;
  let pieces: Pieces;
  beforeAll(async () => {
    engine = await startMongo();
    database = await MongoDatabase.open({ url: engine.url, database: `test-${newId()}`, modules: [{ pieces: piecesCollection() }] });
    await database.migrate();
    pieces = new Pieces(database, 'pieces');
  }, 90_000);
  afterAll(async () => {
    await database?.drop();
    await database?.close();
    await engine?.stop();
  }, 90_000);

  it('give back what no document can hold, also when it was put twice', async () => {
    const bytes = randomBytes(20 * 1024 * 1024);
    for (let time = 0; time < 2; time++) await pieces.put({ app: 'a', about: 'thing', owner: 'large' }, bytes);
    expect((await pieces.get('large', bytes.length))?.equals(bytes)).toBe(true);
  });

  it('are found and removed by their owner, by what they are about, and by app', async () => {
    for (const owner of ['1', '2', '3', '4']) await pieces.put({ app: 'b', about: `about ${owner}`, owner }, Buffer.from(owner));
    await pieces.put({ app: 'c', about: 'about 1', owner: '5' }, Buffer.from('5'));
    await pieces.removeOwned(['1']);
    await pieces.removeAbout('b', ['about 2', 'about 9']);
    expect(await pieces.owners('b', ['about 1', 'about 2', 'about 3', 'about 4'])).toEqual(['3', '4']);
    await pieces.removeAll('b', 'about 3');
    expect(await pieces.get('3', 1)).toBeUndefined();
    expect(String(await pieces.get('4', 1))).toBe('4');
    await pieces.removeAll('b');
    expect(await pieces.get('4', 1)).toBeUndefined();
    expect(String(await pieces.get('5', 1))).toBe('5');
  });
});
