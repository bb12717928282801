import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '@reprise/gateway-client';
import { SilentLogger } from '@reprise/kernel';
import { freePort } from '@reprise/server-process';
import { readConfig, type Server, startServer } from '@reprise/standalone';

type Around = NonNullable<Parameters<typeof startServer>[3]>;

/** A whole server within the test's own process, so that the test reaches its ports; on a folder that goes with it. */
export class ServerHere {
  private constructor(
    readonly url: string,
    readonly client: ApiClient,
    readonly dataDir: string,
    private readonly server: Server,
  ) {}

  static async start(around?: Around): Promise<ServerHere> {
    const dataDir = await mkdtemp(join(tmpdir(), 'reprise-here-'));
    const port = await freePort();
    const config = readConfig({
      PORT: String(port),
      REPRISE_DATA_DIR: dataDir,
      REPRISE_ROOT_CLIENT_SECRET: 'here',
      REPRISE_MAX_BACKUPS_PER_APP: '100',
      REPRISE_RESTORE_ALLOWED_HOSTS: '127.0.0.1',
    });
    try {
      const server = await startServer(config, new SilentLogger(), '0.0.0', around);
      return new ServerHere(config.baseUrl, new ApiClient({ url: config.baseUrl, clientId: 'root', clientSecret: 'here' }), dataDir, server);
    } catch (error) {
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
