import { randomUUID } from 'node:crypto';
import { exportAssets, exportEvents, importEvents, snapshotRegistry } from '@reprise/contracts';
import type { ServerProcess } from '@reprise/server-process';
import { startStandalone } from '../standalone.js';
import { ClusterStores } from '../stores/cluster-stores.js';
import { HeldMessages } from './held-messages.js';
import { HoldingProxy } from './holding-proxy.js';
import type { Inside } from './inside.js';
import { RepeatingClient } from './repeating-client.js';

/** The processes of a cluster, held where all that they do passes by: at the broker, and before the object store. */
export class ClusterInside implements Inside {
  /** Nothing at all is read when an export is held. */
  readonly contents = 200;
  readonly client: RepeatingClient;

  private constructor(
    private readonly server: ServerProcess,
    private readonly installation: string,
    private readonly store: HoldingProxy,
    private readonly messages: HeldMessages,
    readonly stores: ClusterStores,
  ) {
    this.client = new RepeatingClient({ url: server.url, clientId: 'root', clientSecret: server.secret });
  }

  static async start(): Promise<ClusterInside> {
    const { REPRISE_AMQP_URL: amqp, REPRISE_S3_ENDPOINT: s3 } = process.env as Record<string, string>;
    const installation = `t-cut-${randomUUID().slice(0, 8)}`;
    const store = await HoldingProxy.start(s3!);
    const env = { REPRISE_S3_ENDPOINT: store.url, REPRISE_INSTALLATION: installation, REPRISE_MAX_BACKUPS_PER_APP: '100' };
    const server = await startStandalone({ env }).catch(async (error: unknown) => {
      await store.stop();
      throw error;
    });
    return new ClusterInside(server, installation, store, await HeldMessages.connect(amqp!), await ClusterStores.open(installation));
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

  async withinImport() {
    return [await this.messages.hold(`${this.installation}.work.${importEvents.name}`)];
  }

  async stop() {
    await this.server.stop();
    await Promise.all([this.store.stop(), this.messages.close(), this.stores.close()]);
  }
}
