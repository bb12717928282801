import type { DatabaseSync } from 'node:sqlite';
import { run } from '@reprise/sqlite';
import { tombstones } from './discarded.js';

export const uploads = {
  beginUpload(db: DatabaseSync, { uploadId, appId, now }: { uploadId: string; appId: string; now: number }): void {
    tombstones.check(db, appId);
    run(db, 'INSERT OR IGNORE INTO assets_uploads (upload_id, app_id, touched) VALUES (?, ?, ?)', [uploadId, appId, now]);
  },

  claimUpload(db: DatabaseSync, { uploadId, appId, assetId, now }: { uploadId: string; appId: string; assetId: string; now: number }): boolean {
    const claimed = run(
      db,
      `UPDATE assets_uploads SET asset_id = ?3, touched = ?4
       WHERE upload_id = ?1 AND app_id = ?2 AND NOT expired AND (asset_id IS NULL OR asset_id = ?3)`,
      [uploadId, appId, assetId, now],
    );
    return claimed > 0;
  },

  settleUpload(db: DatabaseSync, { uploadId }: { uploadId: string }): void {
    run(db, 'DELETE FROM assets_uploads WHERE upload_id = ?', [uploadId]);
  },

  expireUpload(db: DatabaseSync, { uploadId, before }: { uploadId: string; before: number }): boolean {
    return run(db, 'UPDATE assets_uploads SET expired = 1 WHERE upload_id = ? AND touched < ?', [uploadId, before]) > 0;
  },
};
