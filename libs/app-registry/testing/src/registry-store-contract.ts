import type { RegistryStore } from '@reprise/app-registry-core';
import { afterEach, beforeEach, describe } from 'vitest';
import { credentialsContract } from './credentials-contract.js';
import { namesContract } from './names-contract.js';
import { profilesContract } from './profiles-contract.js';
import { usersContract } from './users-contract.js';

export interface OpenRegistryStore {
  store: RegistryStore;
  /** Another view of the same data, as a second process or a restart would have it. */
  reopen(): Promise<RegistryStore>;
  close(): Promise<void>;
}

/** What every adapter of {@link RegistryStore} must do. `open` gives an empty store for each test. */
export function registryStoreContract(name: string, open: () => Promise<OpenRegistryStore>): void {
  describe(`${name} as a registry store`, () => {
    let opened: OpenRegistryStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const store = () => opened.store;
    namesContract(store);
    usersContract(store);
    profilesContract(store);
    credentialsContract(store, () => opened.reopen());
  });
}
