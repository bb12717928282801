import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RegistryStore } from '@reprise/app-registry-core';
import { registryTables, SqliteRegistryStore } from '@reprise/app-registry-sqlite';
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
import { AppRegistryModule } from '../app-registry.module.js';
import { RegistryConfig } from '../registry.config.js';

export class SettableClock extends Clock {
  constructor(private time = new Date('2025-03-01T08:00:00Z')) {
    super();
  }
  now(): Date {
    return this.time;
  }
  forward(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}

/** The way to the log without a transport; what is enqueued is kept for the test to look at. `failAppend` runs before or instead of an append. */
export class DirectBus extends MessageBus {
  readonly enqueued: { name: string; body: unknown }[] = [];
  failAppend?: (append: () => Promise<unknown>) => Promise<never>;

  constructor(private readonly log: EventLog) {
    super();
  }

  async request<Body, Reply>(contract: RequestContract<Body, Reply>, body: Body): Promise<Reply> {
    if (contract.name === segmentAlive.name) return { alive: true } as Reply;
    if (contract.name !== appendEvents.name) throw new Error(`Nobody answers ${contract.name} here.`);
    const append = () => this.log.append(body as AppendCommand);
    return (await (this.failAppend ? this.failAppend(append) : append())) as Reply;
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
  /** As after a crash: everything starts anew on the same data. */
  restart(config?: Partial<RegistryConfig>): Promise<void>;
  close(): Promise<void>;
}

/** The service on real stores in a folder of its own. */
export async function startInstallation(config: Partial<RegistryConfig> = {}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-service-'));
  const clock = new SettableClock();
  let running = await start(folder, clock, config);
  const stop = async () => {
    await running.app.close();
    await running.database.close();
  };
  return {
    get: (type) => running.app.get(type),
    get bus() {
      return running.bus;
    },
    clock,
    async restart(changed = config) {
      await stop();
      running = await start(folder, clock, changed);
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function start(
  folder: string,
  clock: Clock,
  config: Partial<RegistryConfig>,
): Promise<{ app: INestApplicationContext; database: SqliteDatabase; bus: DirectBus }> {
  const database = await SqliteDatabase.open(join(folder, 'test.db'), [registryTables, eventLogTables, readModelTables]);
  const log = new SqliteEventLog(database);
  const bus = new DirectBus(log);

  @Global()
  @Module({
    providers: [
      { provide: RegistryStore, useValue: new SqliteRegistryStore(database) },
      { provide: EventLog, useValue: log },
      { provide: EventLogReader, useValue: log },
      { provide: ReadModelStore, useValue: new SqliteReadModelStore(database) },
      { provide: AssetObjects, useValue: new FolderObjectStore(join(folder, 'assets')) },
      { provide: ArchiveObjects, useValue: new FolderObjectStore(join(folder, 'archives')) },
      { provide: MessageBus, useValue: bus },
      { provide: Clock, useValue: clock },
      { provide: Logger, useValue: new SilentLogger() },
      { provide: RegistryConfig, useValue: new RegistryConfig({ baseUrl: 'https://cms.example.org/', rootClientSecret: 'root-secret', ...config }) },
    ],
    exports: [RegistryStore, EventLog, EventLogReader, ReadModelStore, AssetObjects, ArchiveObjects, MessageBus, Clock, Logger, RegistryConfig],
  })
  class Ports {}

  @Module({ imports: [Ports, AppRegistryModule] })
  class Root {}

  return { app: await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false }), database, bus };
}
