import { tombstones } from './discarded.js';

export const schema = `
CREATE TABLE IF NOT EXISTS assets_tags (
  app_id  TEXT NOT NULL,
  -- Archives hold tags in the order of their making.
  ordinal INTEGER NOT NULL,
  id      TEXT NOT NULL,
  name    TEXT NOT NULL,
  count   INTEGER NOT NULL,
  PRIMARY KEY (app_id, id)
) WITHOUT ROWID;
-- Not unique: an archive may hold a name twice.
CREATE INDEX IF NOT EXISTS assets_tags_by_name ON assets_tags (app_id, name);

CREATE TABLE IF NOT EXISTS assets_tag_aliases (
  app_id   TEXT NOT NULL,
  ordinal  INTEGER NOT NULL,
  old_name TEXT NOT NULL,
  new_name TEXT NOT NULL,
  PRIMARY KEY (app_id, old_name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS assets_uploads (
  upload_id TEXT NOT NULL PRIMARY KEY,
  app_id    TEXT NOT NULL,
  asset_id  TEXT,
  -- Milliseconds since 1970.
  touched   INTEGER NOT NULL,
  expired   INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS assets_uploads_by_time ON assets_uploads (touched);

${tombstones.schema}
`;
