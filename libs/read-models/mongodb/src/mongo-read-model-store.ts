import type { mongo, MongoDatabase } from '@reprise/mongodb';
import {
  KeyedLock,
  modelDiscarded,
  ReadModelStore,
  storableQuery,
  storableRow,
  type AppliedBatch,
  type ReadQuery,
  type ReadRow,
} from '@reprise/read-models-core';
import { modelId, prefixOf, rowId, type RowDocument } from './documents.js';
import { Models } from './models.js';
import { Rows } from './rows.js';

/**
 * Read models on MongoDB. Rows are written first and only from older versions, then the position moves by compare-and-set. So a process that dies in
 * between has left rows ahead of the position, which the next one writes again as they are; and of two that apply the same, one moves the position.
 */
export class MongoReadModelStore extends ReadModelStore {
  private readonly models: Models;
  private readonly rows: Rows;
  private readonly lock = new KeyedLock();

  /** The database has `readModelCollections` among its modules. */
  constructor(database: MongoDatabase) {
    super();
    this.models = new Models(database);
    this.rows = new Rows(database);
  }

  async position(appId: string, model: string): Promise<number> {
    return (await this.models.find(appId, model))?.position ?? 0;
  }

  async load(appId: string, kind: string, ids: readonly string[]): Promise<Map<string, ReadRow>> {
    return this.rows.load(appId, kind, ids);
  }

  async apply(appId: string, model: string, { from, to, rows }: AppliedBatch): Promise<boolean> {
    // Within the process the second applier need not write in vain.
    return this.lock.run(modelId(appId, model), async () => {
      const current = await this.models.begin(appId, model);
      if (current.position !== from) return false;
      const kinds = [...new Set(rows.map(({ kind }) => kind))];
      await this.models.ownKinds(current, kinds);
      await this.rows.put(appId, rows.map(storableRow));
      if (!(await this.models.move(current, from, to))) {
        await this.takeBackIfDiscarded(appId, model, kinds);
        return false;
      }
      await this.rows.tidy(appId, rows);
      return true;
    });
  }

  async find(appId: string, kind: string, query: ReadQuery): Promise<{ total: number; rows: ReadRow[] }> {
    const where = conditions(appId, kind, storableQuery(query));
    const total = await this.rows.count(where);
    if (query.take <= 0 || total <= query.skip) return { total, rows: [] };
    const direction = query.descending ? -1 : 1;
    const rows = await this.rows.find(where, { sort: { sort: direction, id: direction }, skip: query.skip, limit: query.take });
    return { total, rows };
  }

  async scan(appId: string, kind: string, { after = '', limit }: { after?: string; limit: number }): Promise<ReadRow[]> {
    const behind = { $gt: rowId(appId, kind, after), $lt: `${prefixOf(appId, kind)}\u{10ffff}` };
    return this.rows.find({ _id: behind }, { sort: { _id: 1 }, limit });
  }

  async count(appId: string, model: string): Promise<Record<string, { visible: number; hidden: number }>> {
    const counts: Record<string, { visible: number; hidden: number }> = {};
    for (const kind of (await this.models.find(appId, model))?.kinds.sort() ?? []) {
      const [visible, hidden] = await Promise.all([true, false].map((shown) => this.rows.count({ app: appId, kind, visible: shown })));
      counts[kind] = { visible: visible!, hidden: hidden! };
    }
    return counts;
  }

  async discard(appId: string, model: string): Promise<void> {
    await this.rows.remove(appId, await this.models.entomb(appId, model));
  }

  /**
   * Who had begun to write when the tombstone was set can't move the position any more, and removes what he wrote, since the one who discards
   * may have been through already. What a process leaves that dies before it gets here goes when the model is discarded again.
   */
  private async takeBackIfDiscarded(appId: string, model: string, kinds: readonly string[]): Promise<void> {
    if (await this.models.find(appId, model)) return;
    await this.rows.remove(appId, kinds);
    throw modelDiscarded(appId);
  }
}

/** Visible rows that a query is for. */
function conditions(app: string, kind: string, { parent, name, ids, publishedOnly }: ReadQuery): mongo.Filter<RowDocument> {
  return {
    app,
    kind,
    visible: true,
    ...(parent === undefined ? {} : { parent }),
    ...(name === undefined ? {} : { name }),
    ...(ids ? { _id: { $in: ids.map((id) => rowId(app, kind, id)) } } : {}),
    ...(publishedOnly ? { published: true } : {}),
  };
}
