import { RepriseError } from '@reprise/kernel';

/** Where bodies lie that are too large for the broker. Keys are made by us. */
export abstract class ClaimStore {
  /** Resolves when the bytes are durable. */
  abstract put(key: string, body: Uint8Array): Promise<void>;
  /** Error `messaging.claim-gone` (not-found): it was never there, or has been swept since. */
  abstract get(key: string): Promise<Uint8Array>;
  /** Idempotent. */
  abstract delete(key: string): Promise<void>;
  /** Removes what was put before `before`. */
  abstract sweep(before: Date): Promise<void>;
}

export function claimGone(cause?: unknown): RepriseError {
  return new RepriseError('not-found', 'messaging.claim-gone', 'The body of a message is gone from the object store: it was given up long ago.', { cause });
}
