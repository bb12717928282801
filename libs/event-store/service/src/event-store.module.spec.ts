import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ArchivePool, decodeFragmentIndex } from '@reprise/backup-archive';
import {
  appendEvents,
  discardEvents,
  exportEvents,
  importEvents,
  logCommitted,
  openLog,
  segmentAlive,
  segmentDone,
  segmentFailed,
  type BodyOf,
} from '@reprise/contracts';
import { EventLog } from '@reprise/event-store-core';
import { eventLogTables, SqliteEventLog } from '@reprise/event-store-sqlite';
import { aCommand, importedEvents } from '@reprise/event-store-testing';
import { Clock, Logger, RepriseError, SilentLogger, SystemClock } from '@reprise/kernel';
import { MessageBus, TypedBus } from '@reprise/messaging-core';
import { InProcessTransport } from '@reprise/messaging-in-process';
import { MessagingStrategy, OnFact, OnRequest, OnWork } from '@reprise/nest-kit';
import { ArchiveObjects } from '@reprise/objects-core';
import { FolderObjectStore } from '@reprise/objects-fs';
import { SqliteDatabase } from '@reprise/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStoreConfig } from './event-store.config.js';
import { EventStoreModule } from './event-store.module.js';

let heard: unknown[] = [];
let alive = true;
let asked = 0;

/** The saga and a listener, as far as the event store sees them. */
@Controller()
class OthersController {
  @OnFact(logCommitted, 'others')
  async committed(fact: BodyOf<typeof logCommitted>): Promise<void> {
    heard.push(fact);
  }

  @OnRequest(segmentAlive)
  async isAlive() {
    asked++;
    return { alive };
  }

  @OnWork(segmentDone)
  async done({ segment, result }: BodyOf<typeof segmentDone>): Promise<void> {
    heard.push({ segment, events: result.events });
  }

  @OnWork(segmentFailed)
  async failed({ segment, error }: BodyOf<typeof segmentFailed>): Promise<void> {
    heard.push({ segment, error: error.code });
  }
}

describe('the event-store service', () => {
  let folder: string;
  let database: SqliteDatabase;
  let log: SqliteEventLog;
  let archives: FolderObjectStore;
  let bus: TypedBus;
  const closers: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    heard = [];
    alive = true;
    asked = 0;
    folder = await mkdtemp(join(tmpdir(), 'reprise-event-store-'));
    database = await SqliteDatabase.open(join(folder, 'data.sqlite'), [eventLogTables]);
    log = new SqliteEventLog(database);
    archives = new FolderObjectStore(join(folder, 'archives'));
    const logger = new SilentLogger();
    const clock = new SystemClock();
    const pool = new ArchivePool({ threads: 1 });
    const transport = new InProcessTransport(clock, logger, { firstMs: 1, maxMs: 1 });
    bus = new TypedBus(transport);
    const ports = [
      { provide: MessageBus, useValue: bus },
      { provide: EventLog, useValue: log },
      { provide: ArchiveObjects, useValue: archives },
      { provide: ArchivePool, useValue: pool },
      { provide: EventStoreConfig, useValue: new EventStoreConfig() },
      { provide: Clock, useValue: clock },
      { provide: Logger, useValue: logger },
    ];
    @Module({})
    class Ports {}
    @Module({
      imports: [{ module: Ports, global: true, providers: ports, exports: ports.map(({ provide }) => provide as never) }, EventStoreModule],
      controllers: [OthersController],
    })
    class Root {}
    const strategy = new MessagingStrategy(transport, {
      contracts: [appendEvents, openLog, exportEvents, importEvents, discardEvents, segmentAlive, segmentDone, segmentFailed],
      logger,
    });
    const app = await NestFactory.createMicroservice(Root, { strategy, logger: false });
    await app.listen();
    closers.push(
      () => app.close(),
      () => pool.destroy(),
      () => database.close(),
      () => rm(folder, { recursive: true }),
    );
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it('appends for others and tells of it', async () => {
    expect(await bus.request(appendEvents, aCommand('app'))).toEqual({ from: 1, to: 1, version: 0 });
    await expect.poll(() => heard).toEqual([{ appId: 'app', from: 1, to: 1, types: ['ContentUpdatedEvent'] }]);
    await expect(bus.request(appendEvents, aCommand('app'))).rejects.toMatchObject({ kind: 'conflict', code: 'log.version-conflict' });
    expect(heard).toHaveLength(1);
  });

  it('appends also when it can tell nobody of it', async () => {
    bus.publish = () => Promise.reject(new RepriseError('unavailable', 'messaging.down', 'The broker is down.'));
    expect(await bus.request(appendEvents, aCommand('app'))).toEqual({ from: 1, to: 1, version: 0 });
    expect((await log.head('app')).position).toBe(1);
    expect(heard).toEqual([]);
  });

  it('refuses an event that no archive could hold, and takes the largest that one can', { timeout: 30_000 }, async () => {
    // A quote is six characters in an event file, in the payload and around it.
    const event = (quotes: number) => ({ ...aCommand('app').events[0]!, payload: JSON.stringify({ text: '"'.repeat(quotes) }) });
    const command = (quotes: number) => aCommand('app', { events: [event(quotes)] });
    await expect(bus.request(appendEvents, command(2_000_000))).rejects.toMatchObject({ kind: 'limit', code: 'log.event-too-large' });
    expect((await log.head('app')).position).toBe(0);
    expect(await bus.request(appendEvents, command(1_200_000))).toMatchObject({ to: 1 });
    await bus.enqueue(exportEvents, {
      jobId: 'job',
      segment: 'events-0',
      token: 't',
      appId: 'app',
      from: 1,
      to: 1,
      fragments: [{ from: 1, to: 1, key: 'fragment' }],
    });
    await expect.poll(() => heard.at(-1), { timeout: 20_000 }).toEqual({ segment: 'events-0', events: 1 });
    const [entry] = decodeFragmentIndex(await archives.read('fragment.index')).entries;
    expect(entry!.size).toBeGreaterThan(8_000_000);
  });

  it('opens a restored log for its job', async () => {
    await log.beginImport('app', 'job');
    await log.importEvents('app', 'job', importedEvents('app', 1, 5));
    await expect(bus.request(openLog, { appId: 'app', holder: 'other' })).rejects.toMatchObject({ code: 'log.not-importing' });
    expect(await bus.request(openLog, { appId: 'app', holder: 'job' })).toEqual({ head: 5 });
    expect(await bus.request(openLog, { appId: 'app', holder: 'job' })).toEqual({ head: 5 });
  });

  it('exports a segment and reports it', async () => {
    for (let i = 0; i < 3; i++) await log.append(aCommand('app', { expectedVersion: i - 1 }));
    await bus.enqueue(exportEvents, {
      jobId: 'job',
      segment: 'events-0',
      token: 't',
      appId: 'app',
      from: 1,
      to: 3,
      fragments: [{ from: 1, to: 3, key: 'fragment' }],
    });
    await expect.poll(() => heard).toEqual([{ segment: 'events-0', events: 3 }]);
    expect(await archives.stat('fragment.index')).toBeDefined();
  });

  it('does nothing for a job that was cancelled', async () => {
    alive = false;
    await log.append(aCommand('app'));
    await bus.enqueue(exportEvents, {
      jobId: 'job',
      segment: 'events-0',
      token: 't',
      appId: 'app',
      from: 1,
      to: 1,
      fragments: [{ from: 1, to: 1, key: 'fragment' }],
    });
    await bus.enqueue(discardEvents, { jobId: 'job', segment: 'discard', token: 't', appId: 'app' });
    await expect.poll(() => asked).toBe(2);
    // Works that went on would be seen by the time that another request is answered.
    await expect(bus.request(openLog, { appId: 'x', holder: 'y' })).rejects.toMatchObject({ code: 'log.not-importing' });
    expect(heard).toEqual([]);
    expect(await archives.stat('fragment')).toBeUndefined();
    expect((await log.head('app')).position).toBe(1);
  });

  it('discards an app, and says so when a segment of it comes late', async () => {
    await log.beginImport('app', 'job');
    await log.importEvents('app', 'job', importedEvents('app', 1, 10));
    await bus.enqueue(discardEvents, { jobId: 'job', segment: 'discard', token: 't', appId: 'app' });
    await expect.poll(() => heard).toEqual([{ segment: 'discard', events: 0 }]);
    expect(await log.head('app')).toMatchObject({ state: 'purged', position: 0 });

    const keys = { archiveKey: 'a', planKey: 'p', mappingKey: 'm' };
    await bus.enqueue(importEvents, { jobId: 'job', segment: 'late', token: 't', appId: 'app', from: 1, to: 10, ...keys });
    await expect.poll(() => heard.at(-1)).toEqual({ segment: 'late', error: 'log.purged' });
  });
});
