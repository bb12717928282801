import type { RegistryStore } from '@reprise/app-registry-core';
import type { EventLog } from '@reprise/event-store-core';
import type { ObjectStore } from '@reprise/objects-core';
import type { ReadModelStore, ReadRow } from '@reprise/read-models-core';

/** What an installation keeps, opened beside its processes, which know nothing of it. */
export interface Stores {
  readonly log: EventLog;
  readonly registry: RegistryStore;
  readonly contents: ReadModelStore;
  readonly archives: ObjectStore;
  readonly assets: ObjectStore;
  /** Puts a row of {@link contents} in the place of what is there, as no projection does: of the same version, at the same position. */
  falsify(appId: string, row: ReadRow): Promise<void>;
  /** Ids of the apps that have rows in any read model. */
  appsWithRows(): Promise<string[]>;
  close(): Promise<void>;
}

export async function keysIn(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}
