import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventLog, EventLogReader } from '@reprise/event-store-core';
import { eventLogTables, SqliteEventLog } from '@reprise/event-store-sqlite';
import { Clock, Logger, SilentLogger } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects } from '@reprise/objects-core';
import { FolderObjectStore } from '@reprise/objects-fs';
import { ReadModelStore } from '@reprise/read-models-core';
import { readModelTables, SqliteReadModelStore } from '@reprise/read-models-sqlite';
import { SqliteDatabase, type SqliteModule } from '@reprise/sqlite';
import { DirectBus } from './direct-bus.js';
import { SettableClock } from './settable-clock.js';

export type Token<T> = abstract new (...args: never[]) => T;

export interface Setup {
  module: Type;
  /** Beside those of the log and the read models. */
  tables?: readonly SqliteModule[];
  /** Ports of the service's own, by their tokens. */
  ports?: (database: SqliteDatabase) => readonly (readonly [token: Token<unknown>, port: object])[];
}

interface Running {
  app: INestApplicationContext;
  database: SqliteDatabase;
  bus: DirectBus;
}

/** A service with log, read models and object stores on a disk, and a clock that stands still. */
export class Installation {
  private constructor(
    private readonly folder: string,
    private readonly setup: Setup,
    readonly clock: SettableClock,
    private running: Running,
  ) {}

  static async start(setup: Setup): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'reprise-service-'));
    const clock = new SettableClock();
    return new Installation(folder, setup, clock, await run(folder, clock, setup));
  }

  get bus(): DirectBus {
    return this.running.bus;
  }

  get<T>(token: Token<T>): T {
    return this.running.app.get(token);
  }

  /** As after a crash: everything starts anew on the same data. */
  async restart(setup = this.setup): Promise<void> {
    await this.stop();
    this.running = await run(this.folder, this.clock, setup);
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }

  private async stop(): Promise<void> {
    await this.running.app.close();
    await this.running.database.close();
  }
}

async function run(folder: string, clock: Clock, { module, tables = [], ports }: Setup): Promise<Running> {
  const database = await SqliteDatabase.open(join(folder, 'test.db'), [...tables, eventLogTables, readModelTables]);
  const log = new SqliteEventLog(database);
  const bus = new DirectBus(log);
  const all = new Map<Token<unknown>, object>([
    [EventLog, log],
    [EventLogReader, log],
    [ReadModelStore, new SqliteReadModelStore(database)],
    [AssetObjects, new FolderObjectStore(join(folder, 'assets'))],
    [ArchiveObjects, new FolderObjectStore(join(folder, 'archives'))],
    [MessageBus, bus],
    [Clock, clock],
    [Logger, new SilentLogger()],
    ...(ports?.(database) ?? []),
  ]);

  @Module({})
  class Ports {}

  const providers = [...all].map(([provide, useValue]) => ({ provide, useValue }));

  @Module({ imports: [{ module: Ports, global: true, providers, exports: [...all.keys()] as Type[] }, module] })
  class Root {}

  return { app: await NestFactory.createApplicationContext(Root, { logger: false, abortOnError: false }), database, bus };
}
