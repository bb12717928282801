import type { Tag, TagSet } from '@reprise/assets-core';
import { collection, type MongoModule } from '@reprise/mongodb';

/**
 * An app's tags are one document, with its tombstone: a set is replaced, and a tag made or refused, by one write. At some 100 bytes a tag
 * MongoDB's 16 MB hold more than 100,000 of an app.
 */
export interface AppDocument {
  _id: string;
  /** In order of their making. */
  tags?: Tag[];
  aliases?: TagSet['aliases'];
  /** Goes up when tags are made or replaced: what is missing is told from one version and added to it alone. */
  version?: number;
  discarded?: boolean;
}

export interface UploadDocument {
  _id: string;
  appId: string;
  assetId?: string;
  touched: Date;
  expired?: boolean;
}

export const APPS = 'assets_apps';
export const UPLOADS = 'assets_uploads';

/** The database of the adapters in here must have been opened with it. */
export const assetCollections: MongoModule = {
  [APPS]: collection<AppDocument>({ _id: String, tags: [Object], aliases: [Object], version: Number, discarded: Boolean }),
  [UPLOADS]: collection<UploadDocument>({ _id: String, appId: String, assetId: String, touched: Date, expired: Boolean }, [
    [{ touched: 1, _id: 1 }],
    [{ appId: 1 }],
  ]),
};
