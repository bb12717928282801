import { RegistryStore } from '@reprise/app-registry-core';
import type { SqliteDatabase, SqliteModule } from '@reprise/sqlite';
import { SqliteCredentials } from './sqlite-credentials.js';
import { SqliteNames } from './sqlite-names.js';
import { SqliteProfiles } from './sqlite-profiles.js';
import { SqliteUsers } from './sqlite-users.js';

export const registryTables: SqliteModule = { name: 'registry', url: new URL('./registry.procedures.js', import.meta.url).href };

/** The database must have been opened with {@link registryTables}. */
export class SqliteRegistryStore extends RegistryStore {
  readonly names: SqliteNames;
  readonly users: SqliteUsers;
  readonly profiles: SqliteProfiles;
  readonly credentials: SqliteCredentials;

  constructor(private readonly database: SqliteDatabase) {
    super();
    this.names = new SqliteNames(database);
    this.users = new SqliteUsers(database);
    this.profiles = new SqliteProfiles(database);
    this.credentials = new SqliteCredentials(database);
  }

  async discard(appId: string, holder: string): Promise<void> {
    await this.database.call('registry.discard', { appId, holder });
  }
}
