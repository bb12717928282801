import { hasMongo, HOW_TO_ENABLE_MONGO, startMongo, type TestEngine } from '@reprise/engines';
import { aCommand, anEvent, contentStream, eventLogContract, importedEvents, readAll } from '@reprise/event-store-testing';
import { newId } from '@reprise/kernel';
import type { MongoDatabase } from '@reprise/mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMITS, LOGS, PIECES, type CommitDocument, type LogDocument } from './documents.js';
import { MongoEventLog } from './mongo-event-log.js';
import { alternating, TestDatabase } from './spec/test-log.js';

const MIB = 1024 * 1024;

describe.skipIf(!hasMongo())(`On a MongoDB server (${HOW_TO_ENABLE_MONGO})`, () => {
  let engine: TestEngine;
  const test = new TestDatabase();
  let database: MongoDatabase;
  let replicas: MongoEventLog[];
  beforeAll(async () => {
    engine = await startMongo();
    database = await test.connect(engine.url);
    replicas = [new MongoEventLog(database), await test.log(engine.url)];
  }, 90_000);
  afterAll(async () => {
    await test.close();
    await engine?.stop();
  }, 90_000);

  eventLogContract('MongoEventLog', async () => ({ log: new MongoEventLog(database), close: async () => {} }), { runs: 4 });
  eventLogContract('MongoEventLog in two replicas', async () => ({ log: alternating(replicas), close: async () => {} }), { runs: 4 });

  describe('MongoEventLog', () => {
    let app: string;
    let log: MongoEventLog;
    beforeEach(() => {
      app = newId();
      log = new MongoEventLog(database);
    });
    const text = (megabytes: number, filling = 'x') => JSON.stringify({ text: filling.repeat(megabytes * MIB) });

    it('commits what callers append at once in one document', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => log.append(aCommand(app, { stream: contentStream(app, `${i}`) }))));
      expect(await readAll(log, app)).toHaveLength(50);
      expect((await test.left(app)).commits).toBe(1);
    });

    it('answers a command that comes to two replicas at once the same from both, however many others there are', async () => {
      const commands = Array.from({ length: 40 }, (_, i) =>
        aCommand(app, { stream: contentStream(app, `${i}`), condition: { position: 0, kinds: ['schema'] } }),
      );
      const [answers, again] = await Promise.all(replicas.map((replica) => Promise.all(commands.map((command) => replica.append(command)))));
      expect(again).toEqual(answers);
      expect(await readAll(log, app)).toHaveLength(40);
    });

    it('tells streams apart whose names go on like a version', async () => {
      const [stream, longer] = [contentStream(app, 'x'), `${contentStream(app, 'x')}@0000000000`];
      await log.append(aCommand(app, { stream: longer, events: [anEvent('other')] }));
      await log.append(aCommand(app, { stream, events: [anEvent(1), anEvent(2)] }));
      expect((await log.readStream(app, stream)).map(({ position }) => position)).toEqual([2, 3]);
      await log.redact(app, stream);
      expect((await readAll(log, app)).map(({ type }) => type)).toEqual(['ContentUpdatedEvent', 'NoopEvent', 'NoopEvent']);
    });

    it('keeps events that no document can hold', async () => {
      const payloads = [text(17), text(1), text(9, 'ä')];
      await log.append(aCommand(app, { events: payloads.map((payload, i) => anEvent(i, { payload })) }));
      const events = await readAll(log, app);
      expect(events.map(({ payload }, i) => payload === payloads[i])).toEqual([true, true, true]);
      const [bytes] = await log.blockSizes(app, 3);
      expect(bytes).toBe(events.reduce((sum, event) => sum + Buffer.byteLength(event.type + event.payload + event.headers), 0));
      expect((await log.readStream(app, contentStream(app, 'a'), 2))[0]!.payload === payloads[2]).toBe(true);
    });

    it('keeps a command whole that is larger than a document', async () => {
      const result = await log.append(aCommand(app, { events: Array.from({ length: 7 }, (_, i) => anEvent(i, { payload: text(3) })) }));
      expect(result).toEqual({ from: 1, to: 7, version: 6 });
      expect((await test.left(app)).commits).toBe(1);
      expect((await readAll(log, app)).every(({ payload }) => payload === text(3))).toBe(true);
    });

    it('leaves no text of a large event that was refused, erased or purged', async () => {
      const large = { events: [anEvent(1, { payload: text(9), headers: '{"EventId":"x"}' })] };
      const command = aCommand(app, large);
      await log.append(command);
      await log.append(command);
      await expect(log.append(aCommand(app, large))).rejects.toMatchObject({ code: 'log.version-conflict' });
      expect((await test.left(app)).pieces).toBe(2);
      await log.redact(app, contentStream(app, 'a'));
      expect((await test.left(app)).pieces).toBe(0);
      expect(await readAll(log, app)).toMatchObject([{ type: 'NoopEvent', payload: '{}', headers: '{"EventId":"x"}' }]);
      await log.append(aCommand(app, { ...large, expectedVersion: 0 }));
      await log.purge(app);
      expect(await test.left(app)).toEqual({ commits: 0, pieces: 0 });
    });

    it('imports large events, once, and compares them to the last byte', async () => {
      const events = importedEvents(app, 1, 2).map((event) => ({ ...event, payload: text(5) }));
      await log.beginImport(app, 'job');
      await log.importEvents(app, 'job', events);
      await log.importEvents(app, 'job', events);
      expect(await test.left(app)).toMatchObject({ pieces: 2 });
      const other = { ...events[1]!, payload: events[1]!.payload.replace('xx"}', 'xy"}') };
      await expect(log.importEvents(app, 'job', [other])).rejects.toMatchObject({ code: 'log.import-mismatch' });
      expect(await log.endImport(app, 'job')).toMatchObject({ position: 2 });
      expect((await readAll(log, app)).every(({ payload }, i) => payload === events[i]!.payload)).toBe(true);
      expect(await test.left(app)).toMatchObject({ pieces: 2 });
    });

    it('takes the same segments from several workers at once', async () => {
      const events = importedEvents(app, 1, 5000);
      await log.beginImport(app, 'job');
      const segments = [0, 1500, 2700, 4100].map((start, i, all) => events.slice(start, all[i + 1]));
      await Promise.all([...segments, ...segments.toReversed()].map((segment, i) => replicas[i % 2]!.importEvents(app, 'job', segment)));
      expect(await log.endImport(app, 'job')).toMatchObject({ position: 5000 });
      expect(await readAll(log, app)).toEqual(events);
    });

    it('keeps nothing of what races with a purge', async () => {
      const [one, other] = replicas as [MongoEventLog, MongoEventLog];
      for (let round = 0; round < 10; round++) {
        const doomed = newId();
        const appending = Array.from({ length: 20 }, async (_, i) => {
          for (let n = 0; n < 5; n++) await replicas[i % 2]!.append(aCommand(doomed, { stream: contentStream(doomed, `${i}-${n}`) }));
        });
        const ended = Promise.allSettled(appending);
        await new Promise((resolve) => setTimeout(resolve, 5 * round));
        await one.purge(doomed);
        for (const outcome of await ended) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'log.not-open' });
        await expect(other.append(aCommand(doomed))).rejects.toMatchObject({ code: 'log.not-open' });
        expect(await test.left(doomed)).toEqual({ commits: 0, pieces: 0 });
      }
    });

    it('keeps nothing of segments that race with a purge', async () => {
      for (let round = 0; round < 5; round++) {
        const doomed = newId();
        await log.beginImport(doomed, 'job');
        const segments = [1, 1001, 2001].map((from, i) => replicas[i % 2]!.importEvents(doomed, 'job', importedEvents(doomed, from, from + 999)));
        const ended = Promise.allSettled(segments);
        await new Promise((resolve) => setTimeout(resolve, 20 * round));
        await log.purge(doomed);
        for (const outcome of await ended) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'log.purged' });
        expect(await test.left(doomed)).toEqual({ commits: 0, pieces: 0 });
      }
    });

    it('sweeps what a process left that died between two writes', async () => {
      await log.append(aCommand(app, { events: [anEvent(1, { payload: text(9) })] }));
      const owners = { app, about: `${contentStream(app, 'never')}@0000000000`, at: new Date(0) };
      await database.collection<object>(PIECES).insertOne({ _id: `${app}#0`, owner: app, ...owners, bytes: Buffer.from('x') } as object);
      const purged = newId();
      await log.purge(purged);
      const commits = database.collection<CommitDocument>(COMMITS);
      const { _id, ...document } = (await commits.findOne({ app }))!;
      await commits.insertOne({ ...document, _id: `${_id}-late`, app: purged });

      await log.sweep();

      expect(await test.left(purged)).toEqual({ commits: 0, pieces: 0 });
      expect(await test.left(app)).toEqual({ commits: 1, pieces: 2 });
    });

    it('goes on behind what an import left that came after the log was opened', async () => {
      await log.beginImport(app, 'job');
      await log.importEvents(app, 'job', importedEvents(app, 1, 10));
      const commits = database.collection<CommitDocument>(COMMITS);
      const { events, ...document } = (await commits.findOne({ app }))!;
      await log.endImport(app, 'job');
      const late = { ...events[0]!, position: 11, key: 'late@0000000000' };
      await commits.insertOne({ ...document, _id: `${app}-late`, first: 11, last: 11, commits: [{ key: 'late' }], events: [late] });

      expect(await log.head(app)).toMatchObject({ position: 10 });
      expect(await log.read(app, { from: 9, to: 20, limit: 20 })).toMatchObject({ end: 10 });
      expect(await log.append(aCommand(app, { stream: contentStream(app, 'new') }))).toMatchObject({ from: 11 });
      expect((await readAll(log, app)).at(-1)!.stream).toBe(contentStream(app, 'new'));
    });

    it('counts a redaction that was cut short before it was counted, and once when it is done twice at a time', async () => {
      const stream = contentStream(app, 'a');
      await log.append(aCommand(app, { events: [anEvent(1), anEvent(2)] }));
      await Promise.all(replicas.map((replica) => replica.redact(app, stream)));
      const { epoch } = await log.head(app);
      expect(epoch).toBeGreaterThanOrEqual(1);
      await database.collection<LogDocument>(LOGS).updateOne({ _id: app }, { $set: { redacting: [stream] } });
      await log.redact(app, stream);
      await log.redact(app, stream);
      expect((await log.head(app)).epoch).toBe(epoch + 1);
    });

    it('redacts while others append to the same stream and the same app', async () => {
      const stream = contentStream(app, 'a');
      const append = async (version: number) => {
        await log.append(aCommand(app, { stream, expectedVersion: version - 1, events: [anEvent(version)] }));
        await log.append(aCommand(app, { stream: contentStream(app, `other-${version}`) }));
      };
      await append(0);
      const redactions: Promise<void>[] = [];
      for (let version = 1; version <= 20; version++) {
        redactions.push(replicas[version % 2]!.redact(app, stream));
        await append(version);
      }
      await Promise.all(redactions);
      await log.redact(app, stream);
      const events = await readAll(log, app);
      expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
      expect(events.every((event) => (event.type === 'NoopEvent') === (event.stream === stream))).toBe(true);
      expect((await log.blockSizes(app, 42))[0]).toBe(events.reduce((sum, event) => sum + event.type.length + event.payload.length + event.headers.length, 0));
    });
  });
});
