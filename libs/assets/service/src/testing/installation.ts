import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DiscardedApps, PendingUploads, TagStore } from '@reprise/assets-core';
import { assetTables, SqliteDiscardedApps, SqlitePendingUploads, SqliteTagStore } from '@reprise/assets-sqlite';
import { appendEvents, segmentAlive, type AppendCommand, type RequestContract, type WorkContract } from '@reprise/contracts';
import { EventLog, EventLogReader } from '@reprise/event-store-core';
import { eventLogTables, SqliteEventLog } from '@reprise/event-store-sqlite';
import { Clock, Logger, SilentLogger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { FolderObjectStore } from '@reprise/objects-fs';
import { ReadModelStore } from '@reprise/read-models-core';
import { readModelTables, SqliteReadModelStore } from '@reprise/read-models-sqlite';
import { SqliteDatabase } from '@reprise/sqlite';
import { AssetsModule } from '../assets.module.js';

export class SettableClock extends Clock {
  constructor(private time = new Date('2025-03-01T08:00:00Z')) {
    super();
  }

  now(): Date {
    return this.time;
  }

  forward(minutes: number): void {
    this.time = new Date(this.time.getTime() + minutes * 60_000);
  }
}

/** The way to the log without a transport; what is enqueued is kept for the test to look at. */
export class DirectBus extends MessageBus {
  readonly enqueued: { name: string; body: unknown }[] = [];
  alive = true;
  failAppend = false;

  constructor(private readonly log: EventLog) {
    super();
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    if (contract.name === segmentAlive.name) return { alive: this.alive } as Reply;
    if (contract.name !== appendEvents.name) throw new Error(`Nobody answers ${contract.name} here.`);
    if (this.failAppend) throw new Error('The event store is away.');
    return (await this.log.append(body as AppendCommand)) as Reply;
  }

  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.enqueued.push({ name: contract.name, body });
  }

  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

export interface Installation {
  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T;
  bus: DirectBus;
  clock: SettableClock;
  close(): Promise<void>;
}

/** The service on real stores in a folder of its own. */
export async function startInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'assets-service-'));
  const clock = new SettableClock();
  const database = await SqliteDatabase.open(join(folder, 'test.db'), [assetTables, eventLogTables, readModelTables]);
  const log = new SqliteEventLog(database);
  const bus = new DirectBus(log);
  const ports = [
    { provide: TagStore, useValue: new SqliteTagStore(database) },
    { provide: PendingUploads, useValue: new SqlitePendingUploads(database) },
    { provide: DiscardedApps, useValue: new SqliteDiscardedApps(database) },
    { provide: EventLog, useValue: log },
    { provide: EventLogReader, useValue: log },
    { provide: ReadModelStore, useValue: new SqliteReadModelStore(database) },
    { provide: AssetObjects, useValue: new FolderObjectStore(join(folder, 'assets')) },
    { provide: ArchiveObjects, useValue: new FolderObjectStore(join(folder, 'archives')) },
    { provide: MessageBus, useValue: bus },
    { provide: Clock, useValue: clock },
    { provide: Logger, useValue: new SilentLogger() },
  ];

  @Global()
  @Module({ providers: ports, exports: ports.map(({ provide }) => provide) })
  class Ports {}

  @Module({ imports: [Ports, AssetsModule] })
  class Root {}

  const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
  return {
    get: (type) => app.get(type),
    bus,
    clock,
    async close() {
      await app.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
