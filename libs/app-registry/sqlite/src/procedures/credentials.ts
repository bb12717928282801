import type { DatabaseSync } from 'node:sqlite';
import type { RootClient } from '@reprise/app-registry-core';
import { first, run } from '@reprise/sqlite';

export interface KeyRow {
  id: string;
  secret: string;
  created: number;
}

export const NEWEST_FIRST = 'SELECT id, secret, created FROM registry_signing_keys ORDER BY created DESC, id';

export const ROOT_CLIENT = 'SELECT id, secret_hash AS secretHash FROM registry_root_client';

export const credentials = {
  setRootClient(db: DatabaseSync, { id, secretHash }: RootClient): void {
    run(db, 'INSERT OR REPLACE INTO registry_root_client (only, id, secret_hash) VALUES (1, ?, ?)', [id, secretHash]);
  },

  ensureRootClient(db: DatabaseSync, client: RootClient): RootClient {
    const stored = first<RootClient>(db, ROOT_CLIENT);
    if (!stored) credentials.setRootClient(db, client);
    return stored ?? client;
  },

  ensureSigningKey(db: DatabaseSync, { id, secret, created }: KeyRow): KeyRow {
    const newest = first<KeyRow>(db, NEWEST_FIRST);
    if (newest) return newest;
    run(db, 'INSERT INTO registry_signing_keys (id, secret, created) VALUES (?, ?, ?)', [id, secret, created]);
    return { id, secret, created };
  },
};
