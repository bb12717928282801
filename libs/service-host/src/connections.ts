import { SystemClock, type Logger } from '@reprise/kernel';
import { ObjectClaims } from '@reprise/messaging-claims';
import { ClaimCheckTransport, within, type Transport, type TransportHealth } from '@reprise/messaging-core';
import { RabbitTransport } from '@reprise/messaging-rabbitmq';
import { MongoDatabase } from '@reprise/mongodb';
import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import type { engineSettings } from '@reprise/settings';
import type { z } from 'zod';
import { DATABASES, type DatabaseName } from './databases.js';

export type EngineSettings = z.output<z.ZodObject<typeof engineSettings>>;

/** An upload of 64 GiB takes hours; one that nobody finished for a day was given up. */
const UNFINISHED_MS = 24 * 3_600_000;
/** How long a probe waits for an engine. */
const PROBE_MS = 2_000;

/** A service's connections to the engines: opened when they are asked for, closed together. */
export class Connections {
  readonly transport: Transport;
  private readonly s3: S3Connection;
  private readonly brokers = new Map<string, () => TransportHealth>();
  private readonly databases = new Map<DatabaseName, Promise<MongoDatabase>>();
  private readonly stores = new Map<string, S3ObjectStore>();

  constructor(
    private readonly settings: EngineSettings,
    service: string,
    logger: Logger,
  ) {
    const { REPRISE_S3_ENDPOINT: endpoint, REPRISE_S3_ACCESS_KEY: accessKey, REPRISE_S3_SECRET_KEY: secretKey, REPRISE_S3_REGION: region } = settings;
    this.s3 = new S3Connection({ endpoint, accessKey, secretKey, region });
    const broker = new RabbitTransport({ urls: [settings.REPRISE_AMQP_URL], name: service, prefix: settings.REPRISE_INSTALLATION }, logger);
    this.transport = new ClaimCheckTransport(broker, new ObjectClaims(this.objects('archives')), new SystemClock(), logger);
    this.addBroker('services', () => this.transport.health());
  }

  /** Errors: `storage.unreachable`, `storage.not-migrated`. */
  database(name: DatabaseName): Promise<MongoDatabase> {
    const opened = this.databases.get(name) ?? this.open(name);
    this.databases.set(name, opened);
    return opened;
  }

  objects(bucket: 'assets' | 'archives'): S3ObjectStore {
    const store = this.stores.get(bucket) ?? this.store(bucket);
    this.stores.set(bucket, store);
    return store;
  }

  /** Adds connections to the broker that another has opened, such as those of an interface to others. */
  addBroker(name: string, health: () => TransportHealth): void {
    this.brokers.set(name, health);
  }

  /** How each of the ways to the broker is. */
  brokerHealth(): ReadonlyMap<string, TransportHealth> {
    return new Map([...this.brokers].map(([name, health]) => [name, health()]));
  }

  /** Which of the engines that the service uses can't be reached right now, or lack the bucket that the migration makes. */
  async unreachable(): Promise<string[]> {
    const databases = await Promise.all([...this.databases.values()].map(async (database) => (await database).isReachable(PROBE_MS)));
    const stores = await Promise.all([...this.stores.values()].map(answers));
    const broker = [...this.brokerHealth().values()].every(({ ready }) => ready);
    return [...(broker ? [] : ['broker']), ...(databases.every(Boolean) ? [] : ['database']), ...(stores.every(Boolean) ? [] : ['object store'])];
  }

  /** Removes what processes that died have left behind in the stores that this one uses. Any number may do it at once. */
  async sweep(): Promise<void> {
    for (const store of this.stores.values()) await store.sweep(UNFINISHED_MS);
  }

  /** Makes collections, indexes and buckets. Idempotent. */
  async migrate(): Promise<void> {
    for (const name of Object.keys(DATABASES) as DatabaseName[]) {
      const database = await this.connect(name);
      try {
        await database.migrate();
      } finally {
        await database.close();
      }
    }
    for (const bucket of ['assets', 'archives'] as const) await this.store(bucket).prepare();
  }

  async close(): Promise<void> {
    for (const database of this.databases.values()) await (await database.catch(() => undefined))?.close();
    this.s3.close();
  }

  private async open(name: DatabaseName): Promise<MongoDatabase> {
    const database = await this.connect(name);
    try {
      await database.check();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private connect(name: DatabaseName): Promise<MongoDatabase> {
    const { REPRISE_MONGODB_URL: url, REPRISE_INSTALLATION: installation } = this.settings;
    return MongoDatabase.open({ url, database: `${installation}-${name}`, modules: DATABASES[name] });
  }

  private store(bucket: string): S3ObjectStore {
    return new S3ObjectStore(this.s3, { bucket: `${this.settings.REPRISE_INSTALLATION}-${bucket}`, folder: bucket });
  }
}

function answers(store: S3ObjectStore): Promise<boolean> {
  const asked = store.isPrepared().catch(() => false);
  return within(PROBE_MS, asked, () => false);
}
