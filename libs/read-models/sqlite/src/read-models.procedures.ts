import type { DatabaseSync } from 'node:sqlite';
import { kindTaken, modelDiscarded, type AppliedBatch, type ReadRow } from '@reprise/read-models-core';
import { first, forgetParameters, run, statement } from '@reprise/sqlite';

/**
 * Apps have numbers, so that keys stay short. A kind belongs to one model, which `read_kinds` keeps. The indexes are those of lists and
 * look-ups, which show visible rows alone; they end with what makes them cover a count.
 */
export const schema = `
CREATE TABLE IF NOT EXISTS read_apps (id INTEGER PRIMARY KEY, app_id TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS read_models (
  app INTEGER NOT NULL,
  model TEXT NOT NULL,
  position INTEGER NOT NULL,
  discarded INTEGER NOT NULL,
  PRIMARY KEY (app, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS read_kinds (
  app INTEGER NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  PRIMARY KEY (app, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS read_rows (
  app INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  parent TEXT,
  name TEXT,
  sort TEXT NOT NULL,
  visible INTEGER NOT NULL,
  published INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (app, kind, id)
) STRICT;
CREATE INDEX IF NOT EXISTS read_rows_by_sort ON read_rows (app, kind, sort, id, published) WHERE visible = 1;
CREATE INDEX IF NOT EXISTS read_rows_by_parent ON read_rows (app, kind, parent, sort, id, published) WHERE visible = 1 AND parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS read_rows_by_name ON read_rows (app, kind, name) WHERE visible = 1 AND name IS NOT NULL;
`;

/** A batch whose rows have their states beside them, end to end, as UTF-8. */
export interface PackedBatch extends Omit<AppliedBatch, 'rows'> {
  rows: Omit<ReadRow, 'state'>[];
  states: Uint8Array<ArrayBuffer>;
  /** Bytes of each. */
  lengths: number[];
}

interface Model {
  appId: string;
  model: string;
}

function appNumber(db: DatabaseSync, appId: string): number {
  const found = first<{ id: number }>(db, 'SELECT id FROM read_apps WHERE app_id = ?', [appId]);
  return found?.id ?? Number(statement(db, 'INSERT INTO read_apps (app_id) VALUES (?)').run(appId).lastInsertRowid);
}

/** Bytes of a state that is not kept in memory any longer than it must be. */
const LARGE = 1024 * 1024;
const PUT_ROW = `INSERT INTO read_rows (app, kind, id, version, parent, name, sort, visible, published, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT))
  ON CONFLICT DO UPDATE SET version = excluded.version, parent = excluded.parent, name = excluded.name, sort = excluded.sort,
    visible = excluded.visible, published = excluded.published, state = excluded.state
  WHERE excluded.version >= version`;

function apply(db: DatabaseSync, { appId, model, batch }: Model & { batch: PackedBatch }): boolean {
  const app = appNumber(db, appId);
  const stored = first<{ position: number; discarded: number }>(db, 'SELECT position, discarded FROM read_models WHERE app = ? AND model = ?', [app, model]);
  if (stored?.discarded) throw modelDiscarded(appId);
  if ((stored?.position ?? 0) !== batch.from) return false;
  for (const kind of new Set(batch.rows.map((row) => row.kind))) ownKind(db, app, model, kind);
  let at = 0;
  for (const [i, row] of batch.rows.entries()) put(db, app, row, batch.states.subarray(at, (at += batch.lengths[i]!)));
  if (batch.lengths.some((length) => length > LARGE)) forgetParameters(statement(db, PUT_ROW));
  const move = 'INSERT INTO read_models (app, model, position, discarded) VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET position = excluded.position';
  run(db, move, [app, model, batch.to]);
  return true;
}

function ownKind(db: DatabaseSync, app: number, model: string, kind: string): void {
  run(db, 'INSERT OR IGNORE INTO read_kinds (app, kind, model) VALUES (?, ?, ?)', [app, kind, model]);
  const owner = first<{ model: string }>(db, 'SELECT model FROM read_kinds WHERE app = ? AND kind = ?', [app, kind])!.model;
  if (owner !== model) throw kindTaken(kind, owner, model);
}

function put(db: DatabaseSync, app: number, row: Omit<ReadRow, 'state'>, state: Uint8Array): void {
  const { kind, id, version, parent, name, order, visible, published } = row;
  statement(db, PUT_ROW).run(app, kind, id, version, parent, name, order, visible ? 1 : 0, published ? 1 : 0, state);
}

/** From here on the model takes nothing; its rows go by {@link discardChunk}. */
function entomb(db: DatabaseSync, { appId, model }: Model): void {
  const mark = 'INSERT INTO read_models (app, model, position, discarded) VALUES (?, ?, 0, 1) ON CONFLICT DO UPDATE SET position = 0, discarded = 1';
  run(db, mark, [appNumber(db, appId), model]);
}

const DISCARD = `DELETE FROM read_rows WHERE rowid IN (SELECT rowid FROM read_rows WHERE app = ? AND kind IN
  (SELECT kind FROM read_kinds WHERE app = ? AND model = ?) LIMIT 1000)`;

/** Removes some rows of a discarded model, few enough to hold the writer for some milliseconds only; true while there may be more. */
function discardChunk(db: DatabaseSync, { appId, model }: Model): boolean {
  const app = appNumber(db, appId);
  if (!first(db, 'SELECT 1 FROM read_models WHERE app = ? AND model = ? AND discarded = 1', [app, model])) return false;
  if (run(db, DISCARD, [app, app, model]) > 0) return true;
  run(db, 'DELETE FROM read_kinds WHERE app = ? AND model = ?', [app, model]);
  return false;
}

export const procedures = { apply, entomb, discardChunk };
