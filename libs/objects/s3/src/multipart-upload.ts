import { createHash } from 'node:crypto';
import type { S3Connection } from './s3-connection.js';
import { s3CodeOf } from './s3-errors.js';
import type { S3Place } from './s3-place.js';
import type { UnfinishedUploads, UploadMark } from './unfinished-uploads.js';

/** Where a copied part comes from. */
export interface CopySource {
  key: string;
  /** Of the object, in its bucket. */
  bucket: string;
  name: string;
  start: number;
  length: number;
}

const UPLOAD_HEADER = 'x-amz-meta-upload';

/** An object that is put together of parts, and is there when all are, or never. */
export class MultipartUpload {
  private readonly etags: { part: number; etag: string }[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  private constructor(
    private readonly connection: S3Connection,
    private readonly place: S3Place,
    private readonly uploads: UnfinishedUploads,
    private readonly key: string,
    private readonly mark: UploadMark,
    private readonly uploadId: string,
    /** Whether a request whose answer was lost may have begun another one. */
    private readonly isAlone: boolean,
  ) {}

  static async begin(connection: S3Connection, place: S3Place, uploads: UnfinishedUploads, key: string): Promise<MultipartUpload> {
    const mark = await uploads.mark(key);
    let attempts = 0;
    const uploadId = await connection.ask(key, (client) => {
      attempts++;
      // By this the object tells which upload made it, should the answer to its completion be lost.
      return client.initiateNewMultipartUpload(place.bucket, place.nameOf(key), { [UPLOAD_HEADER]: mark.id });
    });
    return new MultipartUpload(connection, place, uploads, key, mark, uploadId, attempts === 1);
  }

  /** Numbers from 1 on, in any order. The server checks the bytes against their MD5. */
  put(number: number, bytes: Buffer): Promise<void> {
    const headers = { 'Content-MD5': createHash('md5').update(bytes).digest('base64') };
    return this.part(number, this.key, headers, bytes);
  }

  /** The server copies: no byte comes here. */
  copy(number: number, { key, bucket, name, start, length }: CopySource): Promise<void> {
    const headers = {
      'x-amz-copy-source': encodeURI(`${bucket}/${name}`),
      'x-amz-copy-source-range': `bytes=${start}-${start + length - 1}`,
    };
    return this.part(number, key, headers);
  }

  async complete(): Promise<void> {
    const etags = this.etags.sort((a, b) => a.part - b.part);
    const { bucket } = this.place;
    await this.connection.ask(this.key, async (client) => {
      try {
        await client.completeMultipartUpload(bucket, this.place.nameOf(this.key), this.uploadId, etags);
      } catch (error) {
        // Perhaps an attempt before succeeded, and only its answer was lost.
        if (s3CodeOf(error) !== 'NoSuchUpload' || !(await this.isVisible())) throw error;
      }
    });
    if (this.isAlone) await this.uploads.unmark(this.mark);
  }

  /** After a failure. Never fails: what can't be cleaned up now is swept later. */
  async abandon(): Promise<void> {
    // A part that arrives after the end of its upload would stay for ever.
    await Promise.allSettled(this.underWay);
    try {
      await this.connection.askOnce(this.key, (client) => client.abortMultipartUpload(this.place.bucket, this.place.nameOf(this.key), this.uploadId));
    } catch {
      return;
    }
    if (this.isAlone) await this.uploads.unmark(this.mark);
  }

  private async part(number: number, key: string, headers: Record<string, string>, bytes?: Buffer): Promise<void> {
    const config = { bucketName: this.place.bucket, objectName: this.place.nameOf(this.key), uploadID: this.uploadId, partNumber: number, headers };
    // The client adds to the headers that it is given.
    const sending = this.connection.ask(key, (client) => client.uploadPart({ ...config, headers: { ...headers } }, bytes));
    this.underWay.add(sending);
    try {
      const { etag } = await sending;
      this.etags.push({ part: number, etag });
    } finally {
      this.underWay.delete(sending);
    }
  }

  private async isVisible(): Promise<boolean> {
    const stat = await this.connection.askOnce(this.key, (client) => client.statObject(this.place.bucket, this.place.nameOf(this.key))).catch(() => undefined);
    return stat?.metaData['upload'] === this.mark.id;
  }
}
