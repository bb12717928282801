import type { DatabaseSync } from 'node:sqlite';
import { discardedError } from '@reprise/assets-core';
import { run, Tombstones } from '@reprise/sqlite';

export const tombstones = new Tombstones('assets_discarded', discardedError);

export const discarded = {
  discard(db: DatabaseSync, { appId }: { appId: string }): void {
    tombstones.add(db, appId);
  },
  discardTags(db: DatabaseSync, { appId }: { appId: string }): void {
    tombstones.add(db, appId);
    run(db, 'DELETE FROM assets_tags WHERE app_id = ?', [appId]);
    run(db, 'DELETE FROM assets_tag_aliases WHERE app_id = ?', [appId]);
  },
  discardUploads(db: DatabaseSync, { appId }: { appId: string }): void {
    tombstones.add(db, appId);
    run(db, 'DELETE FROM assets_uploads WHERE app_id = ?', [appId]);
  },
};
