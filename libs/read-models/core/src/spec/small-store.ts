import { ReadModelStore } from '../read-model-store.js';
import type { AppliedBatch, ReadQuery, ReadRow } from '../read-model-store.js';

/** The read model of one app in a map, with the rule that matters: a batch is taken only from where the model stands. */
export class SmallStore extends ReadModelStore {
  readonly rows = new Map<string, ReadRow>();
  readonly loads: string[][] = [];
  readonly batches: AppliedBatch[] = [];
  applied = 0;
  /** Runs before a batch is taken, as another replica would. */
  beforeApply: (() => void) | undefined;

  async position(): Promise<number> {
    return this.applied;
  }

  async load(_appId: string, kind: string, ids: readonly string[]): Promise<Map<string, ReadRow>> {
    this.loads.push([...ids]);
    const found = ids.map((id) => this.rows.get(`${kind} ${id}`)).filter((row) => row !== undefined);
    return new Map(found.map((row) => [row.id, row]));
  }

  async apply(_appId: string, _model: string, batch: AppliedBatch): Promise<boolean> {
    this.beforeApply?.();
    if (batch.from !== this.applied) return false;
    this.applied = batch.to;
    this.batches.push(batch);
    for (const row of batch.rows) this.rows.set(`${row.kind} ${row.id}`, row);
    return true;
  }

  async find(_appId: string, kind: string, query: ReadQuery): Promise<{ total: number; rows: ReadRow[] }> {
    const rows = [...this.rows.values()].filter((row) => row.kind === kind && row.visible && (query.name === undefined || row.name === query.name));
    return { total: rows.length, rows: rows.slice(query.skip, query.skip + query.take) };
  }

  async scan(_appId: string, kind: string, { after = '', limit }: { after?: string; limit: number }): Promise<ReadRow[]> {
    const rows = [...this.rows.values()].filter((row) => row.kind === kind && row.id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    return rows.slice(0, limit);
  }

  async count(): Promise<Record<string, { visible: number; hidden: number }>> {
    return {};
  }

  async discard(): Promise<void> {
    this.rows.clear();
    this.applied = 0;
  }
}
