import { tombstones } from './tombstones.js';

/** Instants are milliseconds since 1970. */
export const schema = `
CREATE TABLE IF NOT EXISTS registry_apps (
  app_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'living', 'deleted')),
  holder TEXT NOT NULL,
  changed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS registry_apps_name ON registry_apps (name) WHERE state <> 'deleted';
CREATE INDEX IF NOT EXISTS registry_apps_holder ON registry_apps (holder);

${tombstones.schema}

CREATE TABLE IF NOT EXISTS registry_users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  real INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS registry_user_reservations (
  user_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  PRIMARY KEY (user_id, job_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS registry_user_reservations_job ON registry_user_reservations (job_id);

CREATE TABLE IF NOT EXISTS registry_profiles (
  app_id TEXT PRIMARY KEY,
  settings TEXT NOT NULL,
  avatar_key TEXT,
  avatar_size INTEGER
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS registry_root_client (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL,
  secret_hash TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS registry_signing_keys (
  id TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;
`;
