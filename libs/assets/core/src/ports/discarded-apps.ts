/** Ids that are never used again: what comes late for one of them finds the tombstone. */
export abstract class DiscardedApps {
  /** Durable when it resolves. Idempotent. */
  abstract add(appId: string): Promise<void>;
  abstract has(appId: string): Promise<boolean>;
}
