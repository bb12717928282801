import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { appendEvents, segmentAlive } from '@reprise/contracts';
import type { AppendCommand, RequestContract, WorkContract } from '@reprise/contracts';
import { EventLog, EventLogReader } from '@reprise/event-store-core';
import { eventLogTables, SqliteEventLog } from '@reprise/event-store-sqlite';
import { Clock, SystemClock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ReadModelStore } from '@reprise/read-models-core';
import { readModelTables, SqliteReadModelStore } from '@reprise/read-models-sqlite';
import { SqliteDatabase } from '@reprise/sqlite';
import { ContentsModule } from '../contents.module.js';

/** The way to the log without a transport; what is enqueued is kept for the test to look at. */
export class DirectBus extends MessageBus {
  readonly enqueued: { name: string; body: unknown }[] = [];
  alive = true;

  constructor(private readonly log: EventLog) {
    super();
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    if (contract.name === segmentAlive.name) return { alive: this.alive } as Reply;
    if (contract.name === appendEvents.name) return (await this.log.append(body as AppendCommand)) as Reply;
    throw new Error(`Nobody answers ${contract.name} here.`);
  }

  async enqueue<Body>(contract: WorkContract<Body>, body: Body): Promise<void> {
    this.enqueued.push({ name: contract.name, body });
  }

  async publish(): Promise<void> {}
  async broadcast(): Promise<void> {}
}

export interface Installation {
  get<T>(type: Type<T>): T;
  log: EventLog;
  bus: DirectBus;
  close(): Promise<void>;
}

/** The service on a real log and read model, in a folder of its own. */
export async function startInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'contents-service-'));
  const database = await SqliteDatabase.open(join(folder, 'test.db'), [eventLogTables, readModelTables]);
  const log = new SqliteEventLog(database);
  const bus = new DirectBus(log);

  @Global()
  @Module({
    providers: [
      { provide: EventLogReader, useValue: log },
      { provide: ReadModelStore, useValue: new SqliteReadModelStore(database) },
      { provide: MessageBus, useValue: bus },
      { provide: Clock, useValue: new SystemClock() },
    ],
    exports: [EventLogReader, ReadModelStore, MessageBus, Clock],
  })
  class Ports {}

  @Module({ imports: [Ports, ContentsModule] })
  class Root {}

  const app = await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false });
  return {
    get: (type) => app.get(type),
    log,
    bus,
    async close() {
      await app.close();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
