import { type ObjectInfo } from '@reprise/objects-core';
import type { S3Connection } from './s3-connection.js';

/** A folder in a bucket: what a store calls its own. */
export class S3Place {
  constructor(
    readonly bucket: string,
    /** Without the slash at its end. */
    private readonly folder: string,
  ) {}

  /** The name of a key's object within the bucket. */
  nameOf(key: string): string {
    return `${this.folder}/${key}`;
  }

  /** Keys that start with `prefix`, in order, page by page. */
  async *list(connection: S3Connection, prefix: string): AsyncGenerator<ObjectInfo> {
    for (let token = ''; ;) {
      const page = await connection.ask(prefix, (client) => client.listObjectsV2Query(this.bucket, this.nameOf(prefix), token, '', 1_000, ''));
      for (const { name, size, lastModified } of page.objects) {
        if (name !== undefined) yield { key: name.slice(this.folder.length + 1), size, modified: lastModified };
      }
      if (!page.isTruncated) return;
      token = page.nextContinuationToken!;
    }
  }
}
