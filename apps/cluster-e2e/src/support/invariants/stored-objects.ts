import { archiveObjectViolations, type ArchiveOwners, assetObjectOf } from '@reprise/backup-testing';
import { eventLogCollections, MongoEventLog } from '@reprise/event-store-mongodb';
import { MongoDatabase } from '@reprise/mongodb';
import type { ObjectInfo, ObjectStore } from '@reprise/objects-core';
import { Client } from 'minio';
import type { Databases } from './databases.js';

const EVENTS_AT_ONCE = 1_000;

export interface S3Address {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

/** Of the store of archives: as {@link archiveObjectViolations} says, and no body of a message any more, whose reader has read it or is gone. */
export async function archiveStoreViolations(store: ObjectStore, owners: ArchiveOwners): Promise<string[]> {
  return archiveObjectViolations(await allOf(store), owners);
}

/** Each file in the store of assets is named by an event in a log, is an avatar, or an upload that waits. */
export async function assetStoreViolations(
  store: ObjectStore,
  databases: Databases,
  files: ReadonlySet<string>,
  avatars: readonly string[],
): Promise<string[]> {
  const uploads = await databases.rows<{ _id: string; appId: string }>('assets', 'assets_uploads', 'appId');
  const named = new Set([...files, ...avatars, ...uploads.map(({ _id, appId }) => `${appId}/${_id}`)]);
  return (await allOf(store)).filter(({ key }) => !named.has(key)).map(({ key }) => `The file assets/${key} is nobody's`);
}

/** Keys of the files that events of these apps name. */
export async function assetFilesOf(apps: Iterable<string>, url: string, installation: string): Promise<Set<string>> {
  const database = await MongoDatabase.open({ url, database: `${installation}-event-store`, modules: [eventLogCollections] });
  const keys = new Set<string>();
  try {
    const log = new MongoEventLog(database);
    for (const app of apps) {
      const { position: to } = await log.head(app);
      for (let from = 1; from <= to;) {
        const { events, end } = await log.read(app, { from, to, limit: EVENTS_AT_ONCE, kinds: ['asset'] });
        for (const event of events) {
          const key = assetObjectOf(app, event);
          if (key !== undefined) keys.add(key);
        }
        // A gap, which the log's own checks tell.
        if (end < from) break;
        from = end + 1;
      }
    }
  } finally {
    await database.close();
  }
  return keys;
}

const MARK = /\.unfinished\/(.+)\/[^/]+$/;

/** Multipart uploads in some buckets, as the server tells them, whatever our sweep thinks. */
export class UnfinishedUploads {
  private readonly client: Client;
  private readonly asked = new Map<string, Set<string>>();

  constructor(
    { endpoint, accessKey, secretKey }: S3Address,
    private readonly buckets: readonly string[],
  ) {
    const { hostname, port } = new URL(endpoint);
    this.client = new Client({ endPoint: hostname, port: Number(port), useSSL: false, accessKey, secretKey });
  }

  /** Some servers tell the uploads of one key only: these keys are those of all objects, and those that a sweep would look at. Before it. */
  async note(): Promise<void> {
    for (const bucket of this.buckets) {
      const keys = this.asked.get(bucket) ?? new Set(['']);
      this.asked.set(bucket, keys);
      for await (const { name } of this.client.listObjectsV2(bucket, '', true) as AsyncIterable<{ name: string }>) keys.add(name.replace(MARK, '$1'));
    }
  }

  async violations(): Promise<string[]> {
    const found = new Set<string>();
    for (const [bucket, keys] of this.asked)
      for (const asked of keys)
        for (const { key } of (await this.client.listIncompleteUploadsQuery(bucket, asked, '', '', '')).uploads)
          found.add(`An upload to ${bucket}/${key} is unfinished`);
    return [...found];
  }
}

async function allOf(store: ObjectStore): Promise<ObjectInfo[]> {
  const objects: ObjectInfo[] = [];
  for await (const object of store.list('')) objects.push(object);
  return objects;
}
