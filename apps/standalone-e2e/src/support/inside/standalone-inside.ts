import { RegistryStore } from '@reprise/app-registry-core';
import { snapshotRegistry } from '@reprise/contracts';
import { EventLog } from '@reprise/event-store-core';
import { MessageBus } from '@reprise/messaging-core';
import { ArchiveObjects, AssetObjects, type ObjectStore } from '@reprise/objects-core';
import { isFragment, Pauses } from '../pauses.js';
import { ServerHere } from '../server-here.js';
import type { Inside } from './inside.js';

/** A server within the test's process: its ports are the test's. */
export class StandaloneInside implements Inside {
  /** More than an export reads at once. */
  readonly contents = 1_100;

  private constructor(
    private readonly server: ServerHere,
    private readonly pauses: Pauses,
  ) {}

  static async start(): Promise<StandaloneInside> {
    const pauses = new Pauses();
    return new StandaloneInside(await ServerHere.start(pauses.around), pauses);
  }

  get url() {
    return this.server.url;
  }

  get client() {
    return this.server.client;
  }

  get dataDir() {
    return this.server.dataDir;
  }

  get stores() {
    const { pauses } = this;
    return {
      log: pauses.port(EventLog),
      registry: pauses.port(RegistryStore),
      archives: pauses.port<ObjectStore>(ArchiveObjects),
      assets: pauses.port<ObjectStore>(AssetObjects),
    };
  }

  async withinExport() {
    return [this.pauses.at(ArchiveObjects, 'put', isFragment('assets', 1)), this.pauses.at(EventLog, 'readPacked', (_, { from }) => from === 1_001)];
  }

  async beforeSnapshot() {
    return [this.pauses.at(MessageBus, 'request', (contract) => contract.name === snapshotRegistry.name)];
  }

  async withinAssembly() {
    return [this.pauses.at(ArchiveObjects, 'compose', (key) => key.startsWith('archives/'))];
  }

  async withinImport() {
    return [this.pauses.at(EventLog, 'importEvents')];
  }

  async stop() {
    await this.server.stop();
  }
}
