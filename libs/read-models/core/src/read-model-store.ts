/** An object of a read model, with the few fields that it is looked up by. */
export interface ReadRow {
  /** `app`, `schema`, `content`, `rule`, `asset`, `assetFolder`. */
  kind: string;
  id: string;
  /** Version of the stream that the row shows. */
  version: number;
  /** What it is listed under: a content's schema id, an asset's or folder's parent id. */
  parent: string | null;
  /** What it is found by beside its id: a schema's name, an asset's slug. */
  name: string | null;
  /** What lists are ordered by, as text. */
  order: string;
  /** Shown in lists and look-ups; false for deleted objects. */
  visible: boolean;
  /** Readers that want published contents alone ask for it; true where that has no meaning. */
  published: boolean;
  /** The state as JSON text. */
  state: string;
}

export interface ReadQuery {
  parent?: string;
  name?: string;
  ids?: readonly string[];
  publishedOnly?: boolean;
  /** By `order`; ascending if absent. */
  descending?: boolean;
  skip: number;
  take: number;
}

export interface AppliedBatch {
  /** The model's applied position before and after: the batch is taken only when `from` is what is stored. */
  from: number;
  to: number;
  rows: ReadRow[];
}

/**
 * Read models of one service (`model`), by app. Rows and the applied position move together, by compare-and-set; a second applier, a
 * replay, a race of two replicas are harmless. What was applied is seen at once.
 */
export abstract class ReadModelStore {
  /** Position up to which the model shows the app's log; 0 for none. */
  abstract position(appId: string, model: string): Promise<number>;
  /** Rows by id, visible or not. */
  abstract load(appId: string, kind: string, ids: readonly string[]): Promise<Map<string, ReadRow>>;
  /** False when another was quicker: read the position again. An older version never replaces a newer one. */
  abstract apply(appId: string, model: string, batch: AppliedBatch): Promise<boolean>;
  /** Visible rows. */
  abstract find(appId: string, kind: string, query: ReadQuery): Promise<{ total: number; rows: ReadRow[] }>;
  /** Rows of a kind, visible or not, at most `limit` behind the id `after`, in an order of ids that stays the same. */
  abstract scan(appId: string, kind: string, page: { after?: string; limit: number }): Promise<ReadRow[]>;
  /** How many rows of each kind are visible and not; for reports. */
  abstract count(appId: string, model: string): Promise<Record<string, { visible: number; hidden: number }>>;
  /** Removes all rows and the position, and refuses what comes late for the app: `read-models.discarded`. Idempotent. */
  abstract discard(appId: string, model: string): Promise<void>;
}
