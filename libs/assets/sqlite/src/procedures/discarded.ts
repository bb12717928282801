import type { DatabaseSync } from 'node:sqlite';
import { discardedError } from '@reprise/assets-core';
import { first, run } from '@reprise/sqlite';

export function checkNotDiscarded(db: DatabaseSync, appId: string): void {
  if (first(db, 'SELECT 1 FROM assets_discarded WHERE app_id = ?', [appId])) throw discardedError();
}

function discard(db: DatabaseSync, { appId }: { appId: string }): void {
  run(db, 'INSERT OR IGNORE INTO assets_discarded (app_id) VALUES (?)', [appId]);
}

export const discarded = {
  discard,
  discardTags(db: DatabaseSync, args: { appId: string }): void {
    discard(db, args);
    run(db, 'DELETE FROM assets_tags WHERE app_id = ?', [args.appId]);
    run(db, 'DELETE FROM assets_tag_aliases WHERE app_id = ?', [args.appId]);
  },
  discardUploads(db: DatabaseSync, args: { appId: string }): void {
    discard(db, args);
    run(db, 'DELETE FROM assets_uploads WHERE app_id = ?', [args.appId]);
  },
};
