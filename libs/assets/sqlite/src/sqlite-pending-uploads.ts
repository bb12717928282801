import { PendingUploads, type PendingUpload } from '@reprise/assets-core';
import type { SqliteDatabase } from '@reprise/sqlite';

interface UploadRow {
  upload_id: string;
  app_id: string;
  asset_id: string | null;
}

export class SqlitePendingUploads extends PendingUploads {
  constructor(private readonly database: SqliteDatabase) {
    super();
  }

  async begin({ now, ...upload }: { uploadId: string; appId: string; now: Date }): Promise<void> {
    await this.database.call('assets.beginUpload', { ...upload, now: now.getTime() });
  }

  claim({ now, ...claim }: { uploadId: string; appId: string; assetId: string; now: Date }): Promise<boolean> {
    return this.database.call<boolean>('assets.claimUpload', { ...claim, now: now.getTime() });
  }

  async find(uploadId: string): Promise<PendingUpload | undefined> {
    const row = this.database.get<UploadRow>('SELECT upload_id, app_id, asset_id FROM assets_uploads WHERE upload_id = ?', [uploadId]);
    return row && toUpload(row);
  }

  async settle(uploadId: string): Promise<void> {
    await this.database.call('assets.settleUpload', { uploadId });
  }

  async stale(before: Date, limit: number): Promise<PendingUpload[]> {
    return this.database
      .query<UploadRow>('SELECT upload_id, app_id, asset_id FROM assets_uploads WHERE touched < ? ORDER BY touched, upload_id LIMIT ?', [
        before.getTime(),
        limit,
      ])
      .map(toUpload);
  }

  expire(uploadId: string, before: Date): Promise<boolean> {
    return this.database.call<boolean>('assets.expireUpload', { uploadId, before: before.getTime() });
  }

  async discard(appId: string): Promise<void> {
    await this.database.call('assets.discardUploads', { appId });
  }
}

function toUpload({ upload_id: uploadId, app_id: appId, asset_id: assetId }: UploadRow): PendingUpload {
  return { uploadId, appId, ...(assetId === null ? {} : { assetId }) };
}
