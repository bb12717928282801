import type { CredentialStore } from './credentials.js';
import type { NameRegistry } from './names.js';
import type { ProfileStore } from './profiles.js';
import type { UserDirectory } from './users.js';

/** All that the registry keeps beside the log, in one store, because taking a name and discarding an app span its parts. */
export abstract class RegistryStore {
  abstract readonly names: NameRegistry;
  abstract readonly users: UserDirectory;
  abstract readonly profiles: ProfileStore;
  abstract readonly credentials: CredentialStore;

  /**
   * Removes what a job made of an app: its reservation or place, its profile, users that are reserved by this job alone. Leaves a tombstone:
   * the id is never used again. An app that lives is another's by then and stays: error `apps.living` (conflict). Idempotent.
   */
  abstract discard(appId: string, holder: string): Promise<void>;
}
