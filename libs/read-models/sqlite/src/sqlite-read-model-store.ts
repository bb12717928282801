import { ByteBlock } from '@reprise/kernel';
import { ReadModelStore, storableQuery, storableRow, type AppliedBatch, type ReadQuery, type ReadRow } from '@reprise/read-models-core';
import type { SqliteDatabase, SqliteModule } from '@reprise/sqlite';
import type { PackedBatch } from './read-models.procedures.js';
import { COLUMNS, toReadRow, whereOf, type StoredRow } from './row-queries.js';

export const readModelTables: SqliteModule = { name: 'readModels', url: new URL('./read-models.procedures.js', import.meta.url).href };

/** States go to the writer's thread as one block of bytes, which changes hands: as texts they would be there twice, and each would be copied. */
function packed({ rows, ...positions }: AppliedBatch): PackedBatch {
  const states = new ByteBlock(1_000 * rows.length);
  const storable = rows.map(storableRow);
  const lengths = storable.map(({ state }) => states.addText(state));
  return { ...positions, rows: storable.map(({ state: _, ...row }) => row), states: states.take(), lengths };
}

/**
 * Read models on SQLite. Applying isn't synced to the disk: rows and position are of one transaction, so that after a loss of power the model
 * is at an earlier position, from which the log, which is synced, builds it again.
 */
export class SqliteReadModelStore extends ReadModelStore {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async position(appId: string, model: string): Promise<number> {
    const sql = 'SELECT position FROM read_models JOIN read_apps ON read_apps.id = app WHERE app_id = ? AND model = ?';
    return this.database.get<{ position: number }>(sql, [appId, model])?.position ?? 0;
  }

  async load(appId: string, kind: string, ids: readonly string[]): Promise<Map<string, ReadRow>> {
    const app = this.appNumber(appId);
    if (app === undefined || ids.length === 0) return new Map();
    const sql = `SELECT ${COLUMNS} FROM read_rows WHERE app = ? AND kind = ? AND id IN (SELECT value FROM json_each(?))`;
    const rows = this.database.query<StoredRow>(sql, [app, kind, JSON.stringify(ids)]);
    return new Map(rows.map((row) => [row.id, toReadRow(row)]));
  }

  async apply(appId: string, model: string, batch: AppliedBatch): Promise<boolean> {
    const bytes = packed(batch);
    return this.database.call('readModels.apply', { appId, model, batch: bytes }, { durable: false, moved: [bytes.states.buffer] });
  }

  async find(appId: string, kind: string, query: ReadQuery): Promise<{ total: number; rows: ReadRow[] }> {
    const { where, params } = this.conditions(appId, kind, query);
    const order = query.descending ? 'DESC' : 'ASC';
    // The plus keeps SQLite from walking all rows in their order where a name tells the few that are wanted.
    const sort = query.name === undefined ? 'sort' : '+sort';
    return this.database.snapshot(() => {
      const { total } = this.database.get<{ total: number }>(`SELECT count(*) AS total FROM read_rows WHERE ${where}`, params)!;
      const page = `SELECT ${COLUMNS} FROM read_rows WHERE ${where} ORDER BY ${sort} ${order}, id ${order} LIMIT ? OFFSET ?`;
      const rows = query.take > 0 && total > query.skip ? this.database.query<StoredRow>(page, [...params, query.take, query.skip]) : [];
      return { total, rows: rows.map(toReadRow) };
    });
  }

  async scan(appId: string, kind: string, { after = '', limit }: { after?: string; limit: number }): Promise<ReadRow[]> {
    const app = this.appNumber(appId);
    if (app === undefined) return [];
    const sql = `SELECT ${COLUMNS} FROM read_rows WHERE app = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?`;
    return this.database.query<StoredRow>(sql, [app, kind, after, limit]).map(toReadRow);
  }

  async count(appId: string, model: string): Promise<Record<string, { visible: number; hidden: number }>> {
    const counts: Record<string, { visible: number; hidden: number }> = {};
    return this.database.snapshot(() => {
      const app = this.appNumber(appId);
      if (app === undefined) return counts;
      const count = (kind: string, where: string) =>
        this.database.get<{ rows: number }>(`SELECT count(*) AS rows FROM read_rows WHERE app = ? AND kind = ?${where}`, [app, kind])!.rows;
      for (const { kind } of this.database.query<{ kind: string }>('SELECT kind FROM read_kinds WHERE app = ? AND model = ? ORDER BY kind', [app, model])) {
        const visible = count(kind, ' AND visible = 1');
        counts[kind] = { visible, hidden: count(kind, '') - visible };
      }
      return counts;
    });
  }

  async discard(appId: string, model: string): Promise<void> {
    await this.database.call('readModels.entomb', { appId, model });
    // In chunks, so that other calls get their turn in between; whoever discards again finishes the work.
    while (await this.database.call<boolean>('readModels.discardChunk', { appId, model }, { durable: false }));
  }

  private appNumber(appId: string): number | undefined {
    return this.database.get<{ id: number }>('SELECT id FROM read_apps WHERE app_id = ?', [appId])?.id;
  }

  private conditions(appId: string, kind: string, query: ReadQuery) {
    // No app has the number 0: one that is unknown has no rows.
    return whereOf(this.appNumber(appId) ?? 0, kind, storableQuery(query));
  }
}
