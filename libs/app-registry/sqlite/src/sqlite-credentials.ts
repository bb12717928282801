import { CredentialStore, type RootClient, type SigningKey } from '@reprise/app-registry-core';
import type { SqliteDatabase } from '@reprise/sqlite';
import { NEWEST_FIRST, ROOT_CLIENT, type KeyRow } from './procedures/credentials.js';

export class SqliteCredentials extends CredentialStore {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async rootClient(): Promise<RootClient | undefined> {
    return this.database.get<RootClient>(ROOT_CLIENT, []);
  }

  async setRootClient(client: RootClient): Promise<void> {
    await this.database.call('registry.setRootClient', client);
  }

  async ensureRootClient(client: RootClient): Promise<RootClient> {
    return this.database.call<RootClient>('registry.ensureRootClient', client);
  }

  async signingKeys(): Promise<SigningKey[]> {
    return this.database.query<KeyRow>(NEWEST_FIRST, []).map(toKey);
  }

  async ensureSigningKey(key: SigningKey): Promise<SigningKey> {
    return toKey(await this.database.call<KeyRow>('registry.ensureSigningKey', { ...key, created: key.created.getTime() }));
  }
}

function toKey(row: KeyRow): SigningKey {
  return { ...row, created: new Date(row.created) };
}
