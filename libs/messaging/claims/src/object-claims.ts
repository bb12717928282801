import { hasCode } from '@reprise/kernel';
import { claimGone, ClaimStore } from '@reprise/messaging-core';
import type { ObjectStore } from '@reprise/objects-core';

const FOLDER = 'messages/';

/** Claims as objects of a store that all services reach, below `messages/`. */
export class ObjectClaims extends ClaimStore {
  constructor(private readonly objects: ObjectStore) {
    super();
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    await this.objects.put(FOLDER + key, body);
  }

  async get(key: string): Promise<Uint8Array> {
    try {
      return await this.objects.read(FOLDER + key);
    } catch (error) {
      throw hasCode(error, 'objects.not-found') ? claimGone(error) : error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.objects.delete(FOLDER + key);
  }

  async sweep(before: Date): Promise<void> {
    for await (const { key, modified } of this.objects.list(FOLDER)) if (modified < before) await this.objects.delete(key);
  }
}
