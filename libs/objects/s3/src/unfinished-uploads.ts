import { newId } from '@reprise/kernel';
import type { S3Connection } from './s3-connection.js';
import { s3CodeOf } from './s3-errors.js';
import type { S3Place } from './s3-place.js';

/** No key begins with a dot, so nobody's objects lie here. (`.uploads` is a server's own word: what lies there isn't listed.) */
const MARKS = '.unfinished/';

/** A note that an upload to a key may be unfinished. */
export interface UploadMark {
  /** Where it lies in the bucket. */
  name: string;
  id: string;
}

/**
 * What tells the uploads that a killed process, or a server away at the wrong moment, left unfinished. S3 can list a bucket's unfinished uploads, but
 * not every server does: one lists those of a single key, or those since its start. So an empty object is laid beside before each upload and removed
 * after it; the sweep asks for the uploads of the keys that they name.
 */
export class UnfinishedUploads {
  constructor(
    private readonly connection: S3Connection,
    private readonly place: S3Place,
  ) {}

  async mark(key: string): Promise<UploadMark> {
    const id = newId();
    const name = this.place.nameOf(`${MARKS}${key}/${id}`);
    await this.connection.ask(key, (client) => client.makeRequestAsyncOmit({ method: 'PUT', bucketName: this.place.bucket, objectName: name }));
    return { name, id };
  }

  /** Once nothing is unfinished. A mark that stays is no harm: the sweep finds nothing and removes it. */
  async unmark({ name }: UploadMark): Promise<void> {
    await this.connection.askOnce(name, (client) => client.removeObject(this.place.bucket, name)).catch(() => undefined);
  }

  /** Ends the uploads that began longer ago than that, and gives their number. */
  async sweep(olderThanMs: number): Promise<number> {
    const before = Date.now() - olderThanMs;
    let swept = 0;
    for await (const { key: mark, modified } of this.place.list(this.connection, MARKS)) {
      if (modified.getTime() > before) continue;
      swept += await this.abortAll(mark.slice(MARKS.length, mark.lastIndexOf('/')), before);
      await this.unmark({ name: this.place.nameOf(mark), id: '' });
    }
    return swept;
  }

  private async abortAll(key: string, before: number): Promise<number> {
    const { bucket } = this.place;
    const name = this.place.nameOf(key);
    const { uploads } = await this.connection.ask(key, (client) => client.listIncompleteUploadsQuery(bucket, name, '', '', ''));
    const old = uploads.filter((upload) => upload.key === name && upload.initiated.getTime() <= before);
    for (const { uploadId } of old) {
      await this.connection.ask(key, async (client) => {
        await client.abortMultipartUpload(bucket, name, uploadId).catch((error: unknown) => {
          // It was finished or ended meanwhile.
          if (s3CodeOf(error) !== 'NoSuchUpload') throw error;
        });
      });
    }
    return old.length;
  }
}
