import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import {
  type ByteRange,
  type ComposePart,
  isRange,
  lengthOf,
  type ObjectInfo,
  type ObjectPiece,
  ObjectStore,
  objectNotFound,
  objectTruncated,
  type PartLimits,
  partOfObject,
  type Piece,
  planParts,
  rangeInvalid,
  S3_LIMITS,
  segmentsOfKey,
  splitDeletedPrefix,
  splitPrefix,
} from '@reprise/objects-core';
import { hasCode, RepriseError } from '@reprise/kernel';
import type { Client } from 'minio';
import { atOnce } from './at-once.js';
import { type CopySource, MultipartUpload } from './multipart-upload.js';
import { ObjectBody } from './object-body.js';
import { partSize } from './part-sizes.js';
import { partsOf } from './parts-of.js';
import type { S3Connection } from './s3-connection.js';
import { s3CodeOf, unreachable } from './s3-errors.js';
import { S3Place } from './s3-place.js';
import { UnfinishedUploads } from './unfinished-uploads.js';

export interface S3StoreOptions {
  bucket: string;
  /** The folder within the bucket that is the store's own; letters, digits, `-`, `_`, at most 60. */
  folder: string;
  /** What is allowed to parts. @default what S3 allows */
  limits?: PartLimits;
  /** Bytes of each part of a put. @default grows, see {@link partSize} */
  partSize?: (number: number) => number;
}

const FOLDER = /^[A-Za-z0-9_-]{1,60}$/;
/** Parts of a composed object under way at once, each with up to 15 MiB in memory. */
const PARTS_AT_ONCE = 4;
const STATS_AT_ONCE = 8;
const DELETED_AT_ONCE = 1_000;
const MADE_MEANWHILE = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];

/** Objects in a folder of a bucket, for any number of processes. */
export class S3ObjectStore extends ObjectStore {
  private readonly place: S3Place;
  private readonly uploads: UnfinishedUploads;
  private readonly limits: PartLimits;
  private readonly partSize: (number: number) => number;

  constructor(
    private readonly connection: S3Connection,
    { bucket, folder, limits = S3_LIMITS, partSize: sizes = partSize }: S3StoreOptions,
  ) {
    super();
    if (!FOLDER.test(folder)) throw new Error(`'${folder}' can't be the folder of an object store.`);
    this.place = new S3Place(bucket, folder);
    this.uploads = new UnfinishedUploads(connection, this.place);
    this.limits = limits;
    this.partSize = sizes;
  }

  /** Makes the bucket if it isn't there. An app calls it at its start, to hear of an unusable server then. Errors: `storage.unreachable`, `storage.refused`. */
  async prepare(): Promise<void> {
    const { bucket } = this.place;
    await this.connection.ask(bucket, async (client) => {
      if (await client.bucketExists(bucket)) return;
      await client.makeBucket(bucket).catch((error: unknown) => {
        if (!MADE_MEANWHILE.includes(s3CodeOf(error) ?? '')) throw error;
      });
    });
  }

  /** Whether the bucket is there. Errors as above. */
  isPrepared(): Promise<boolean> {
    const { bucket } = this.place;
    return this.connection.ask(bucket, (client) => client.bucketExists(bucket));
  }

  /**
   * Ends the uploads of this store that nobody finished. `olderThanMs` has to be longer than any upload takes, and than clocks differ: a day. Gives
   * their number.
   */
  sweep(olderThanMs: number): Promise<number> {
    return this.uploads.sweep(olderThanMs);
  }

  async put(key: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ size: number }> {
    segmentsOfKey(key);
    const parts = partsOf(source, this.partSize);
    try {
      const first = await parts.next();
      const second = first.done ? first : await parts.next();
      if (second.done) return await this.putWhole(key, (first.value as Buffer | undefined) ?? Buffer.alloc(0));
      return await this.upload(key, (upload) => putParts(upload, first.value as Buffer, second.value, parts));
    } finally {
      await parts.return(undefined);
    }
  }

  async get(key: string, range?: ByteRange): Promise<Readable> {
    this.checkRange(key, range);
    return this.connection.ask(key, async (client) => (await this.open(client, key, range)).body);
  }

  async read(key: string, range?: ByteRange): Promise<Buffer> {
    this.checkRange(key, range);
    return this.connection.ask(key, async (client) => {
      const { body, length } = await this.open(client, key, range);
      const bytes = Buffer.allocUnsafe(length);
      let done = 0;
      for await (const chunk of body) {
        bytes.set(chunk as Uint8Array, done);
        done += (chunk as Uint8Array).length;
      }
      return bytes;
    });
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    segmentsOfKey(key);
    try {
      const { size, lastModified } = await this.connection.ask(key, (client) => client.statObject(this.place.bucket, this.place.nameOf(key)));
      return { key, size, modified: lastModified };
    } catch (error) {
      if (hasCode(error, 'objects.not-found')) return undefined;
      throw error;
    }
  }

  async compose(key: string, parts: ComposePart[]): Promise<{ size: number }> {
    segmentsOfKey(key);
    const pieces = await piecesOf(parts);
    const size = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
    const planned = planParts(pieces, (from) => this.copies(from), this.limits);
    const [only] = planned;
    if (!only) return this.putWhole(key, Buffer.alloc(0));
    if (planned.length === 1 && 'stream' in only) return this.putWhole(key, await bytesOf(only.stream, only.length));
    return this.upload(key, async (upload) => {
      await atOnce(planned.entries(), PARTS_AT_ONCE, async ([index, part]) => {
        if ('copy' in part) await upload.copy(index + 1, sourceOf(part.copy));
        else await upload.put(index + 1, await bytesOf(part.stream, part.length));
      });
      return size;
    });
  }

  async delete(key: string): Promise<void> {
    segmentsOfKey(key);
    await this.connection.ask(key, (client) => client.removeObject(this.place.bucket, this.place.nameOf(key)));
  }

  async *list(prefix: string): AsyncGenerator<ObjectInfo> {
    splitPrefix(prefix);
    for await (const info of this.place.list(this.connection, prefix)) if (!info.key.startsWith('.')) yield info;
  }

  async deleteAll(prefix: string): Promise<void> {
    splitDeletedPrefix(prefix);
    let names: string[] = [];
    for await (const { key } of this.list(prefix)) {
      if (names.push(this.place.nameOf(key)) < DELETED_AT_ONCE) continue;
      await this.deleteNames(prefix, names);
      names = [];
    }
    if (names.length > 0) await this.deleteNames(prefix, names);
  }

  /** Where an object lies, for a copy by the server. */
  sourceOf({ key, start, length }: ObjectPiece): CopySource {
    return { key, bucket: this.place.bucket, name: this.place.nameOf(key), start, length };
  }

  private copies(from: ObjectStore): boolean {
    return from instanceof S3ObjectStore && from.connection === this.connection;
  }

  /** A put by the client would make metadata of the sum, and the server would check nothing. */
  private async putWhole(key: string, bytes: Buffer): Promise<{ size: number }> {
    const headers = { 'Content-MD5': createHash('md5').update(bytes).digest('base64') };
    const { bucket: bucketName } = this.place;
    await this.connection.ask(key, (client) =>
      client.makeRequestAsyncOmit({ method: 'PUT', bucketName, objectName: this.place.nameOf(key), headers: { ...headers } }, bytes),
    );
    return { size: bytes.length };
  }

  private async upload(key: string, fill: (upload: MultipartUpload) => Promise<number>): Promise<{ size: number }> {
    const upload = await MultipartUpload.begin(this.connection, this.place, this.uploads, key);
    try {
      const size = await fill(upload);
      await upload.complete();
      return { size };
    } catch (error) {
      await upload.abandon();
      throw error;
    }
  }

  private checkRange(key: string, range: ByteRange | undefined): void {
    segmentsOfKey(key);
    if (range && !isRange(range)) throw rangeInvalid(key, range);
  }

  private async open(client: Client, key: string, range: ByteRange | undefined): Promise<{ body: ObjectBody; length: number }> {
    const { start, end } = range ?? { start: 0, end: -1 };
    const response = (await client.getPartialObject(this.place.bucket, this.place.nameOf(key), start, end - start + 1)) as IncomingMessage;
    const length = Number(response.headers['content-length']);
    if (!Number.isSafeInteger(length) || (range && !response.headers['content-range']?.startsWith(`bytes ${start}-${start + length - 1}/`))) {
      response.destroy();
      throw unreachable(new Error('The server answered with other bytes than it was asked for.'));
    }
    return { body: new ObjectBody(response, length, this.connection.timeouts.idle), length };
  }

  private async deleteNames(prefix: string, names: string[]): Promise<void> {
    const answers = await this.connection.ask(prefix, (client) => client.removeObjects(this.place.bucket, names));
    const failed = answers.filter(Boolean);
    if (failed.length === 0) return;
    throw new RepriseError('unavailable', 'storage.refused', `The object store did not delete ${failed.length} objects below '${prefix}'. Check its rights.`, {
      cause: new Error(JSON.stringify(failed[0])),
    });
  }
}

/** While one part is sent the next is gathered. */
async function putParts(upload: MultipartUpload, first: Buffer, second: Buffer, rest: AsyncGenerator<Buffer>): Promise<number> {
  let size = first.length;
  await upload.put(1, first);
  let [part, number]: [Buffer | undefined, number] = [second, 2];
  while (part) {
    size += part.length;
    const [, next]: [void, IteratorResult<Buffer, unknown>] = await Promise.all([upload.put(number++, part), rest.next()]);
    part = next.done ? undefined : next.value;
  }
  return size;
}

function sourceOf(piece: ObjectPiece): CopySource {
  return (piece.from as S3ObjectStore).sourceOf(piece);
}

/** With their lengths: each object is asked for its size once. */
async function piecesOf(parts: readonly ComposePart[]): Promise<Piece[]> {
  const sizes = new Map<ObjectStore, Map<string, number>>();
  const wanted: { from: ObjectStore; key: string }[] = [];
  for (const part of parts) {
    if ('bytes' in part) continue;
    const known = sizes.get(part.from) ?? new Map<string, number>();
    sizes.set(part.from, known);
    if (!known.has(part.key)) wanted.push(part);
    known.set(part.key, 0);
  }
  await atOnce(wanted, STATS_AT_ONCE, async ({ from, key }) => {
    const info = await from.stat(key);
    if (!info) throw objectNotFound(key);
    sizes.get(from)!.set(key, info.size);
  });
  return parts.map((part): Piece => {
    if ('bytes' in part) return part;
    const { offset: start, length } = partOfObject(part.key, sizes.get(part.from)!.get(part.key)!, part.range);
    return { from: part.from, key: part.key, start, length };
  });
}

async function bytesOf(pieces: readonly Piece[], length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const piece of pieces) {
    const read = 'bytes' in piece ? piece.bytes : await piece.from.read(piece.key, { start: piece.start, end: piece.start + piece.length - 1 });
    if (read.length !== lengthOf(piece)) throw objectTruncated((piece as ObjectPiece).key);
    bytes.set(read, at);
    at += read.length;
  }
  return bytes;
}
