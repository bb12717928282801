import { isLeaseLost } from '@reprise/backup-core';
import type { ObjectStore } from '@reprise/objects-core';

/** Ends a step that wrote an object of its own: should another process have the job by now, nobody will ever ask for the object, so it goes. */
export async function orRemove(objects: ObjectStore, key: string, end: () => Promise<void>): Promise<void> {
  try {
    await end();
  } catch (error) {
    if (isLeaseLost(error)) await objects.delete(key);
    throw error;
  }
}
