import { randomUUID } from 'node:crypto';
import { MongoRegistryStore, registryCollections } from '@reprise/app-registry-mongodb';
import { exportAssets, exportEvents, snapshotRegistry } from '@reprise/contracts';
import { eventLogCollections, MongoEventLog } from '@reprise/event-store-mongodb';
import { MongoDatabase } from '@reprise/mongodb';
import type { ServerProcess } from '@reprise/server-process';
import { startStandalone } from '../standalone.js';
import { HeldMessages } from './held-messages.js';
import { HoldingProxy } from './holding-proxy.js';
import type { Inside } from './inside.js';
import { RepeatingClient } from './repeating-client.js';

/** The processes of a cluster, held where all that they do passes by: at the broker, and before the object store. */
export class ClusterInside implements Inside {
  /** Nothing at all is read when an export is held. */
  readonly contents = 200;
  readonly client: RepeatingClient;
  readonly log: MongoEventLog;
  readonly registry: MongoRegistryStore;

  private constructor(
    private readonly server: ServerProcess,
    private readonly installation: string,
    private readonly store: HoldingProxy,
    private readonly messages: HeldMessages,
    private readonly databases: { events: MongoDatabase; registry: MongoDatabase },
  ) {
    this.client = new RepeatingClient({ url: server.url, clientId: 'root', clientSecret: server.secret });
    this.log = new MongoEventLog(databases.events);
    this.registry = new MongoRegistryStore(databases.registry);
  }

  static async start(): Promise<ClusterInside> {
    const { REPRISE_AMQP_URL: amqp, REPRISE_MONGODB_URL: url, REPRISE_S3_ENDPOINT: s3 } = process.env as Record<string, string>;
    const installation = `t-cut-${randomUUID().slice(0, 8)}`;
    const store = await HoldingProxy.start(s3!);
    const env = { REPRISE_S3_ENDPOINT: store.url, REPRISE_INSTALLATION: installation, REPRISE_MAX_BACKUPS_PER_APP: '100' };
    const server = await startStandalone({ env }).catch(async (error: unknown) => {
      await store.stop();
      throw error;
    });
    const database = (name: string, modules: Parameters<typeof MongoDatabase.open>[0]['modules']) =>
      MongoDatabase.open({ url: url!, database: `${installation}-${name}`, modules });
    return new ClusterInside(server, installation, store, await HeldMessages.connect(amqp!), {
      events: await database('event-store', [eventLogCollections]),
      registry: await database('app-registry', [registryCollections]),
    });
  }

  get url() {
    return this.server.url;
  }

  get dataDir() {
    return this.server.dataDir;
  }

  withinExport() {
    return Promise.all([exportAssets, exportEvents].map(({ name }) => this.messages.hold(`${this.installation}.work.${name}`)));
  }

  async beforeSnapshot() {
    return [await this.messages.hold(`${this.installation}.request.${snapshotRegistry.name}`)];
  }

  async withinAssembly() {
    const archives = `/${this.installation}-archives/archives/archives/`;
    return [this.store.hold(({ method, url }) => method !== 'GET' && method !== 'HEAD' && url!.startsWith(archives))];
  }

  async stop() {
    await this.server.stop();
    await Promise.all([this.store.stop(), this.messages.close(), this.databases.events.close(), this.databases.registry.close()]);
  }
}
