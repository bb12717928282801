import { discardedError, PendingUploads, type PendingUpload } from '@reprise/assets-core';
import { storing, untilDecided, isDuplicate, type MongoDatabase } from '@reprise/mongodb';
import { AppDocuments } from './app-documents.js';
import { UPLOADS, type UploadDocument } from './documents.js';

export class MongoPendingUploads extends PendingUploads {
  private readonly apps: AppDocuments;

  constructor(private readonly database: MongoDatabase) {
    super();
    this.apps = new AppDocuments(database);
  }

  /**
   * The tombstone is looked at before and after: a discard that came in between hasn't seen the note, so it is taken back here. A crash before
   * that leaves a note of an upload that nobody takes up, which is stale one day and removed with its object.
   */
  async begin({ uploadId, appId, now }: { uploadId: string; appId: string; now: Date }): Promise<void> {
    await storing(async () => {
      await this.apps.refuseDiscarded(appId);
      await untilDecided(() => this.note({ _id: uploadId, appId, touched: now }));
      if (!(await this.apps.isDiscarded(appId))) return;
      await this.uploads.deleteOne({ _id: uploadId, appId });
      throw discardedError();
    });
  }

  async claim({ uploadId, appId, assetId, now }: { uploadId: string; appId: string; assetId: string; now: Date }): Promise<boolean> {
    const open = { expired: { $ne: true }, $or: [{ assetId: { $exists: false } }, { assetId }] };
    const claimed = await storing(() => this.uploads.updateOne({ _id: uploadId, appId, ...open }, { $set: { assetId, touched: now } }));
    return claimed.matchedCount > 0;
  }

  async find(uploadId: string): Promise<PendingUpload | undefined> {
    const upload = await storing(() => this.uploads.findOne({ _id: uploadId }));
    return upload ? toUpload(upload) : undefined;
  }

  async settle(uploadId: string): Promise<void> {
    await storing(() => this.uploads.deleteOne({ _id: uploadId }));
  }

  async stale(before: Date, limit: number): Promise<PendingUpload[]> {
    const uploads = await storing(() =>
      this.uploads
        .find({ touched: { $lt: before } })
        .sort({ touched: 1, _id: 1 })
        .limit(limit)
        .toArray(),
    );
    return uploads.map(toUpload);
  }

  async expire(uploadId: string, before: Date): Promise<boolean> {
    const expired = await storing(() => this.uploads.updateOne({ _id: uploadId, touched: { $lt: before } }, { $set: { expired: true } }));
    return expired.matchedCount > 0;
  }

  /** The tombstone first: what is noted after it takes itself back. */
  async discard(appId: string): Promise<void> {
    await storing(async () => {
      await this.apps.discard(appId);
      await this.uploads.deleteMany({ appId });
    });
  }

  /** A repeat changes nothing. */
  private async note({ _id, ...upload }: UploadDocument): Promise<true | undefined> {
    try {
      await this.uploads.updateOne({ _id }, { $setOnInsert: upload }, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicate(error, '_id')) return undefined;
      throw error;
    }
  }

  private get uploads() {
    return this.database.collection<UploadDocument>(UPLOADS);
  }
}

function toUpload({ _id: uploadId, appId, assetId }: UploadDocument): PendingUpload {
  return { uploadId, appId, ...(assetId === undefined ? {} : { assetId }) };
}
