import type { DatabaseSync } from 'node:sqlite';
import { RepriseError } from '@reprise/kernel';
import { first } from '@reprise/sqlite';

export function checkNotDiscarded(db: DatabaseSync, appId: string): void {
  if (first(db, 'SELECT 1 FROM registry_discarded WHERE app_id = ?', [appId])) {
    throw new RepriseError('conflict', 'apps.discarded', 'The app was discarded; its id is never used again.');
  }
}
