import { claimGone, ClaimStore } from '@reprise/messaging-core';

/** Claims that several processes of a test share. */
export class MemoryClaims extends ClaimStore {
  readonly bodies = new Map<string, { body: Uint8Array; at: Date }>();

  async put(key: string, body: Uint8Array): Promise<void> {
    this.bodies.set(key, { body: body.slice(), at: new Date() });
  }

  async get(key: string): Promise<Uint8Array> {
    const found = this.bodies.get(key);
    if (!found) throw claimGone();
    return found.body.slice();
  }

  async delete(key: string): Promise<void> {
    this.bodies.delete(key);
  }

  async sweep(before: Date): Promise<void> {
    for (const [key, { at }] of this.bodies) if (at < before) this.bodies.delete(key);
  }
}
