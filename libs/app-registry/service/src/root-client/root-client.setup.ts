import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hashSecret, newSecret, RegistryStore, verifySecret } from '@reprise/app-registry-core';
import { RegistryConfig } from '../registry.config.js';
import { RootClientNotice } from './root-client.notice.js';

/** Makes sure that there is a root client before anybody can ask for a token. */
@Injectable()
export class RootClientSetup implements OnModuleInit {
  constructor(
    private readonly config: RegistryConfig,
    private readonly store: RegistryStore,
    private readonly notice: RootClientNotice,
  ) {}

  async onModuleInit(): Promise<void> {
    const { rootClientId: id, rootClientSecret: given } = this.config;
    const { credentials } = this.store;
    const stored = await credentials.rootClient();
    if (given !== undefined) {
      const same = stored?.id === id && (await verifySecret(given, stored.secretHash));
      if (!same) await credentials.setRootClient({ id, secretHash: await hashSecret(given) });
    } else if (!stored) {
      const secret = newSecret();
      const secretHash = await hashSecret(secret);
      // Another replica may do the same: one secret counts, and is told by the one that made it.
      const first = await credentials.ensureRootClient({ id, secretHash });
      if (first.secretHash === secretHash) this.notice.secret = secret;
    } else if (stored.id !== id) {
      await credentials.setRootClient({ ...stored, id });
    }
  }
}
