import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ArchivePool, ArchiveReader, openObject } from '@reprise/backup-archive';
import { type BackupJob, JobStore } from '@reprise/backup-core';
import { backupTables, SqliteJobStore } from '@reprise/backup-sqlite';
import { LoopBus, MemoryLog, Participants } from '@reprise/backup-testing';
import { ArchiveWorkerConfig, ArchiveWorkerController, ArchiveWorkerModule } from '@reprise/backup-worker';
import * as contracts from '@reprise/contracts';
import type { BodyOf } from '@reprise/contracts';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock, Logger, newId, SilentLogger, SystemClock } from '@reprise/kernel';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects, type ObjectStore } from '@reprise/objects-core';
import { FolderObjectStore } from '@reprise/objects-fs';
import { SqliteDatabase } from '@reprise/sqlite';
import { type Abstract, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'vitest';
import { AppsController } from '../apps.controller.js';
import { BackupConfig } from '../backup.config.js';
import { BackupModule } from '../backup.module.js';
import { BackupsController } from '../backups.controller.js';
import { ChecksController } from '../checks.controller.js';
import { Leftovers } from '../leftovers.js';
import { RestoresController } from '../restores.controller.js';
import { SegmentsController } from '../segments.controller.js';
import { Watchdog } from '../watchdog.js';

export const principal = { actor: 'client:root', administrator: true };

export function fixture(name: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'nx.json'))) folder = dirname(folder);
  return join(folder, 'fixtures', 'archives', name);
}

/** A second has always passed, so that long steps note at each turn how far they are. */
export class HastyClock extends SystemClock {
  private passed = 0;
  private ahead = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.ahead);
  }

  override elapsed(): number {
    return (this.passed += 1_000);
  }

  forward(ms: number): void {
    this.ahead += ms;
  }
}

export interface WorldOptions {
  /** How many orchestrators share the store; where it is more than one, none may think that it is alone. */
  orchestrators?: number;
  bus?: LoopBus;
  /** The object stores `archives` and `assets`; folders if absent. */
  storeNamed?: (name: string) => ObjectStore;
  /** Answers what stands in for a port of an orchestrator. */
  around?: <Port extends object>(orchestrator: number, token: unknown, port: Port) => Port;
}

/** One installation: the real sagas, work on archives, job store and folders, with the other participants in small. */
export class World {
  readonly clock = new HastyClock();
  readonly log = new MemoryLog();
  readonly bus: LoopBus;
  readonly pool = new ArchivePool({ threads: 1 });
  readonly archives: ObjectStore;
  readonly assets: ObjectStore;
  readonly participants: Participants;
  store!: JobStore;
  /** Number of the only orchestrator that gets messages, if not all do by turns. */
  only?: number;
  private apps: INestApplicationContext[] = [];
  private turn = 0;
  private database!: SqliteDatabase;

  private constructor(
    private readonly folder: string,
    private readonly options: WorldOptions,
  ) {
    this.bus = options.bus ?? new LoopBus();
    const { storeNamed = (name) => new FolderObjectStore(join(folder, name)) } = options;
    this.archives = storeNamed('archives');
    this.assets = storeNamed('assets');
    this.participants = new Participants(this.bus, this.log, this.archives, this.assets, this.pool);
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), 'reprise-sagas-')), options);
    await world.start();
    return world;
  }

  async start(): Promise<void> {
    this.database = await SqliteDatabase.open(join(this.folder, 'jobs.db'), [backupTables]);
    this.store = new SqliteJobStore(this.database, this.clock);
    this.bus.hold();
    const { orchestrators = 1 } = this.options;
    this.apps = await Promise.all(Array.from({ length: orchestrators }, (_, index) => this.orchestrator(index, orchestrators === 1)));
    this.route();
    this.bus.release();
  }

  private orchestrator(index: number, sole: boolean): Promise<INestApplicationContext> {
    const { around = (_, __, port) => port } = this.options;
    const config = new BackupConfig({ sole, maxBackupsPerApp: 2, baseUrl: 'https://here', allowedHosts: ['127.0.0.1'] });
    const ports: [Type<unknown> | Abstract<unknown>, object][] = [
      [MessageBus, this.bus],
      [EventLogReader, this.log],
      [ArchiveObjects, this.archives],
      [AssetObjects, this.assets],
      [ArchivePool, this.pool],
      [JobStore, this.store],
      [BackupConfig, config],
      [ArchiveWorkerConfig, new ArchiveWorkerConfig({ toolVersion: '1.2.3' })],
      [Clock, this.clock],
      [Logger, new SilentLogger()],
    ];
    const providers = ports.map(([provide, port]) => ({ provide, useValue: around(index, provide, port) }));
    class PortsModule {}
    Module({})(PortsModule);
    class TestModule {}
    Module({
      imports: [{ module: PortsModule, global: true, providers, exports: providers.map(({ provide }) => provide) }, BackupModule, ArchiveWorkerModule],
    })(TestModule);
    return NestFactory.createApplicationContext(TestModule, { logger: false, abortOnError: false });
  }

  /** What is queued or at work is lost, what is stored stays. */
  async kill(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    this.bus.forget();
    await this.database.close();
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await this.bus.idle();
    await this.database.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.pool.destroy();
    await rm(this.folder, { recursive: true });
  }

  /** By turns. */
  private next<Controller>(controller: Type<Controller>): Controller {
    return this.apps[this.only ?? this.turn++ % this.apps.length]!.get(controller);
  }

  private route(): void {
    const { bus } = this;
    bus.on(contracts.startBackup, (body: BodyOf<typeof contracts.startBackup>) => this.next(BackupsController).start(body));
    bus.on(contracts.listBackups, (body: BodyOf<typeof contracts.listBackups>) => this.next(BackupsController).list(body));
    bus.on(contracts.deleteBackup, (body: BodyOf<typeof contracts.deleteBackup>) => this.next(BackupsController).delete(body));
    bus.on(contracts.cancelJob, (body: BodyOf<typeof contracts.cancelJob>) => this.next(BackupsController).cancel(body));
    bus.on(contracts.openArchive, (body: BodyOf<typeof contracts.openArchive>) => this.next(BackupsController).open(body));
    bus.on(contracts.startCheck, (body: BodyOf<typeof contracts.startCheck>) => this.next(ChecksController).start(body));
    bus.on(contracts.listJobs, (body: BodyOf<typeof contracts.listJobs>) => this.next(ChecksController).list(body));
    bus.on(contracts.startRestore, (body: BodyOf<typeof contracts.startRestore>) => this.next(RestoresController).start(body));
    bus.on(contracts.listRestores, (body: BodyOf<typeof contracts.listRestores>) => this.next(RestoresController).list(body));
    bus.on(contracts.findRestore, (body: BodyOf<typeof contracts.findRestore>) => this.next(RestoresController).find(body));
    bus.on(contracts.beginArchiveUpload, (body: BodyOf<typeof contracts.beginArchiveUpload>) => this.next(RestoresController).beginUpload(body));
    bus.on(contracts.segmentAlive, (body: BodyOf<typeof contracts.segmentAlive>) => this.next(SegmentsController).alive(body));
    for (const [contract, name] of [
      [contracts.assembleArchive, 'assemble'],
      [contracts.inspectArchive, 'inspect'],
      [contracts.checkArchive, 'check'],
    ] as const) {
      bus.on(
        contract,
        async (body: { jobId: string }) => {
          await this.participants.before(contract.name, body.jobId);
          return this.next(ArchiveWorkerController)[name](body as never);
        },
        (body, error) => this.next(ArchiveWorkerController).giveUp(body as never, error),
      );
    }
    bus.on(
      contracts.segmentDone,
      (body: BodyOf<typeof contracts.segmentDone>) => this.next(SegmentsController).done(body),
      (body) => this.next(SegmentsController).doneLater(body),
    );
    bus.on(
      contracts.segmentFailed,
      (body: BodyOf<typeof contracts.segmentFailed>) => this.next(SegmentsController).failed(body),
      (body) => this.next(SegmentsController).failedLater(body),
    );
    bus.on(
      contracts.advanceJob,
      (body: BodyOf<typeof contracts.advanceJob>) => this.next(SegmentsController).advance(body),
      (body, error) => this.next(SegmentsController).giveUp(body, error),
    );
  }

  async upload(bytes: Uint8Array): Promise<contracts.RestoreSource> {
    const { key } = await this.bus.request(contracts.beginArchiveUpload, { principal });
    await this.archives.put(key, bytes);
    return { kind: 'upload', key, fileName: 'archive.zip' };
  }

  async restore(source: contracts.RestoreSource, name?: string, dryRun = false): Promise<string> {
    return (await this.bus.request(contracts.startRestore, { principal, key: newId(), source, dryRun, ...(name ? { name } : {}) })).jobId;
  }

  async restored(jobId: string): Promise<contracts.JobView> {
    await this.end(jobId);
    return (await this.bus.request(contracts.findRestore, { principal, jobId })).job;
  }

  /** A restored small app, as the backups below need one. */
  async smallApp(name = 'small-app'): Promise<{ id: string; name: string }> {
    const job = await this.restored(await this.restore(await this.upload(await readFile(fixture('small.zip'))), name));
    expect(job.error).toBeUndefined();
    return job.app!;
  }

  async backup(app: { id: string; name: string }): Promise<contracts.JobView> {
    const { jobId } = await this.bus.request(contracts.startBackup, { principal, app });
    await this.end(jobId);
    return (await this.bus.request(contracts.listBackups, { principal, app })).jobs.find(({ id }) => id === jobId)!;
  }

  async check(kind: 'verify' | 'prove', app: { id: string; name: string }, backupId: string): Promise<contracts.JobView> {
    const { jobId } = await this.bus.request(contracts.startCheck, { principal, app, backupId, kind });
    await this.end(jobId);
    return this.job(app, jobId);
  }

  async job(app: { id: string; name: string }, jobId: string): Promise<contracts.JobView> {
    return (await this.bus.request(contracts.listJobs, { principal, app })).jobs.find(({ id }) => id === jobId)!;
  }

  /** Adds to the app's log what is needed for it to have so many events. */
  grow(app: { id: string }, to: number): void {
    const { events } = this.log.apps.get(app.id)!;
    for (let position = events.length + 1; position <= to; position++) {
      const headers = `{"EventId":"e${position}","Timestamp":"2025-03-01T08:00:02Z","AggregateId":"${app.id}","CommitId":"c${position}"}`;
      const payload = `{"name":"event ${position}","actor":"subject:user-${Math.ceil(position / 4_000)}","fromRule":false}`;
      events.push({ position, version: position, stream: `app-${app.id}`, type: 'AppUpdatedEvent', payload, headers });
    }
  }

  async readerOf(job: contracts.JobView): Promise<ArchiveReader> {
    return ArchiveReader.open(await openObject(this.archives, await this.archiveOf(job.id)));
  }

  /** Its key. */
  async archiveOf(jobId: string): Promise<string> {
    return ((await this.store.find(jobId)) as BackupJob).archive!.key;
  }

  async end(jobId: string): Promise<void> {
    await expect
      .poll(
        async () => {
          const job = await this.store.find(jobId);
          return !job || (job.stage === 'finished' && job.announced) ? 'ended' : job.stage;
        },
        { interval: 5, timeout: 60_000 },
      )
      .toBe('ended');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** What is heard when an app was deleted. */
  async deleted(appId: string): Promise<void> {
    await this.next(AppsController).deleted({ appId });
  }

  /** What is done from time to time. */
  async look(): Promise<void> {
    for (const app of this.only === undefined ? this.apps : [this.apps[this.only]!]) {
      await app.get(Watchdog).look();
      await app.get(Leftovers).look();
    }
  }

  /** Objects in the archive store. */
  async kept(prefixes = ['jobs/', 'uploads/', 'archives/']): Promise<string[]> {
    const keys: string[] = [];
    for (const prefix of prefixes) for await (const { key } of this.archives.list(prefix)) keys.push(key);
    return keys;
  }
}
