export interface Tag {
  id: string;
  name: string;
  /** How many assets bear it, as far as known: archives carry it, nothing is decided by it. */
  count: number;
}

export interface TagSet {
  /** In order of their making, which is the order in archives. */
  tags: Tag[];
  /** Old names that stand for newer ones. */
  aliases: { from: string; to: string }[];
}

/**
 * The tags of each app. Events name them by id, so that a tag must be durable before the event that names it: whoever reads the
 * tags after he fixed a position in the log knows every id up to there. Error `assets.discarded` (conflict) once the app was discarded.
 */
export abstract class TagStore {
  /** Ids of the names (already normalised), in their order, made where missing, aliases followed. Durable when it resolves. */
  abstract ensure(appId: string, names: readonly string[]): Promise<string[]>;
  /** Adds to counts; none falls below 0, unknown ids are passed over. */
  abstract adjust(appId: string, changes: Readonly<Record<string, number>>): Promise<void>;
  /** Empty for an app that has none. */
  abstract read(appId: string): Promise<TagSet>;
  /** Puts these in the place of whatever is there. Idempotent. */
  abstract replace(appId: string, tags: TagSet): Promise<void>;
  /** Removes all and refuses what comes late. Idempotent. */
  abstract discard(appId: string): Promise<void>;
}
