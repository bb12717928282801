import { MongoRegistryStore, registryCollections } from '@reprise/app-registry-mongodb';
import { eventLogCollections, MongoEventLog } from '@reprise/event-store-mongodb';
import { MongoDatabase, type MongoModule } from '@reprise/mongodb';
import { S3Connection, S3ObjectStore } from '@reprise/objects-s3';
import type { ReadRow } from '@reprise/read-models-core';
import { MongoReadModelStore, readModelCollections } from '@reprise/read-models-mongodb';
import type { Stores } from './stores.js';

/** A database of each service, and two buckets. */
export class ClusterStores implements Stores {
  readonly log: MongoEventLog;
  readonly registry: MongoRegistryStore;
  readonly contents: MongoReadModelStore;
  readonly archives: S3ObjectStore;
  readonly assets: S3ObjectStore;

  private constructor(
    installation: string,
    private readonly s3: S3Connection,
    private readonly databases: Record<'event-store' | 'app-registry' | 'contents' | 'assets', MongoDatabase>,
  ) {
    this.log = new MongoEventLog(databases['event-store']);
    this.registry = new MongoRegistryStore(databases['app-registry']);
    this.contents = new MongoReadModelStore(databases.contents);
    const bucket = (name: string) => new S3ObjectStore(s3, { bucket: `${installation}-${name}`, folder: name });
    this.archives = bucket('archives');
    this.assets = bucket('assets');
  }

  /** Engines are those of the tests; see `npm run test:cluster`. */
  static async open(installation: string): Promise<ClusterStores> {
    const env = process.env as Record<string, string>;
    const open = (name: string, ...modules: MongoModule[]) =>
      MongoDatabase.open({ url: env['REPRISE_MONGODB_URL']!, database: `${installation}-${name}`, modules });
    const s3 = new S3Connection({
      endpoint: env['REPRISE_S3_ENDPOINT']!,
      accessKey: env['REPRISE_S3_ACCESS_KEY']!,
      secretKey: env['REPRISE_S3_SECRET_KEY']!,
    });
    return new ClusterStores(installation, s3, {
      'event-store': await open('event-store', eventLogCollections),
      'app-registry': await open('app-registry', registryCollections, readModelCollections),
      contents: await open('contents', readModelCollections),
      assets: await open('assets', readModelCollections),
    });
  }

  async falsify(appId: string, { kind, id, state }: ReadRow): Promise<void> {
    await this.rowsOf(this.databases.contents).updateOne({ app: appId, kind, id }, { $set: { state } });
  }

  async appsWithRows(): Promise<string[]> {
    const { 'app-registry': registry, contents, assets } = this.databases;
    const apps = await Promise.all([registry, contents, assets].map((database) => this.rowsOf(database).distinct('app')));
    return [...new Set(apps.flat())];
  }

  async close(): Promise<void> {
    for (const database of Object.values(this.databases)) await database.close();
    this.s3.close();
  }

  private rowsOf(database: MongoDatabase) {
    return database.collection<{ app: string; kind: string; id: string; state: string }>('read_rows');
  }
}
