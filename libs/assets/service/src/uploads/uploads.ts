import { Injectable } from '@nestjs/common';
import { DESCRIBED_BYTES, describeFile, PendingUploads, uploadKey, type FileDescription, type UploadedFile } from '@reprise/assets-core';
import { EventLogReader } from '@reprise/event-store-core';
import { Clock, hasCode, newId, RepriseError } from '@reprise/kernel';
import { AssetObjects } from '@reprise/objects-core';
import { streamOf } from '@reprise/read-models-core';

/** The last date that there is. */
const END_OF_TIME = new Date(8_640_000_000_000_000);

export type SentFile = Omit<UploadedFile, 'description'>;

/**
 * Files on their way into the log: noted before the first byte, taken up by one command, and in the end either named by an event
 * or removed.
 */
@Injectable()
export class Uploads {
  constructor(
    private readonly pending: PendingUploads,
    private readonly reader: EventLogReader,
    private readonly objects: AssetObjects,
    private readonly clock: Clock,
  ) {}

  async begin(appId: string): Promise<{ uploadId: string; key: string }> {
    const uploadId = newId();
    await this.pending.begin({ uploadId, appId, now: this.clock.now() });
    return { uploadId, key: uploadKey(appId, uploadId) };
  }

  /** For a command to this asset; may be repeated. Errors: `assets.upload-unknown`, `assets.upload-incomplete` (both invalid). */
  async takeUp(appId: string, assetId: string, file: SentFile): Promise<UploadedFile> {
    const claimed = await this.pending.claim({ uploadId: file.uploadId, appId, assetId, now: this.clock.now() });
    if (!claimed)
      throw new RepriseError('invalid', 'assets.upload-unknown', 'The uploaded file is not known, has expired, or was used already. Upload it again.');
    return { ...file, description: await this.describe(uploadKey(appId, file.uploadId), file) };
  }

  /**
   * What becomes of an upload whose command succeeded, perhaps without needing it (the same file again, a repeated command), or that
   * nothing has touched since `before`: any time, unless it is given, since the clock that it was noted by may be another. Whether the log names it is asked for the asset that took it up, whatever the caller thinks.
   */
  async conclude(uploadId: string, before = END_OF_TIME): Promise<void> {
    const upload = await this.pending.find(uploadId);
    if (!upload) return;
    if (upload.assetId !== undefined && (await this.isInLog(upload.appId, upload.assetId, upload.uploadId))) {
      await this.pending.settle(upload.uploadId);
      return;
    }
    if (!(await this.pending.expire(upload.uploadId, before))) return;
    await this.objects.delete(uploadKey(upload.appId, upload.uploadId));
    await this.pending.settle(upload.uploadId);
  }

  private async isInLog(appId: string, assetId: string, uploadId: string): Promise<boolean> {
    const events = await this.reader.readStream(appId, streamOf(appId, 'asset', assetId));
    return events.some(({ headers }) => (JSON.parse(headers) as { EventId?: unknown }).EventId === uploadId);
  }

  private async describe(key: string, { mimeType, size }: SentFile): Promise<FileDescription> {
    const stored = await this.objects.stat(key);
    if (stored?.size !== size) {
      const message = `The uploaded file has ${stored?.size ?? 'no'} bytes in the store, ${size} were expected. Upload it again.`;
      throw new RepriseError('invalid', 'assets.upload-incomplete', message);
    }
    if (size === 0) return describeFile(mimeType, new Uint8Array());
    try {
      return describeFile(mimeType, await this.objects.read(key, { start: 0, end: Math.min(size, DESCRIBED_BYTES) - 1 }));
    } catch (error) {
      if (hasCode(error, 'objects.not-found')) throw new RepriseError('invalid', 'assets.upload-unknown', 'The uploaded file is gone. Upload it again.');
      throw error;
    }
  }
}
