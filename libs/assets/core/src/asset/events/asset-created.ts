import type { AssetState, EntityState } from '@reprise/contracts';
import type { RecordedEvent } from '@reprise/event-store-core';
import { EMPTY_ID } from '@reprise/kernel';
import type { ChangingReducer, CreatingReducer } from '@reprise/read-models-core';
import { appIdOfStream } from '../../app-of-stream.js';
import { assetObjectKey } from '../../asset-object-key.js';
import { integer, object, text, texts } from '../../payload.js';

function create(event: RecordedEvent): Omit<AssetState, keyof EntityState> {
  const { payload } = event;
  const fileSize = integer(payload, 'fileSize') ?? 0;
  return {
    fileName: text(payload, 'fileName') ?? '',
    fileHash: text(payload, 'fileHash') ?? null,
    mimeType: text(payload, 'mimeType') ?? '',
    slug: text(payload, 'slug') ?? '',
    fileSize,
    fileVersion: integer(payload, 'fileVersion') ?? 0,
    totalSize: fileSize,
    isProtected: false,
    tags: texts(payload, 'tags') ?? [],
    metadata: object(payload, 'metadata') ?? {},
    type: text(payload, 'type') ?? 'Unknown',
    parentId: text(payload, 'parentId') ?? EMPTY_ID,
    appId: text(payload, 'appId') ?? '',
    objectKey: assetObjectKey(appIdOfStream(event.stream), event),
  };
}

/** An id that was deleted can be created again, in the same stream: nothing of the old asset stays then, but the version. */
export const assetCreated: CreatingReducer<AssetState> & ChangingReducer<AssetState> = {
  type: 'AssetCreatedEventV2',
  create,
  change: (asset, event) => ({
    ...asset,
    ...create(event),
    isDeleted: false,
    created: event.timestamp,
    createdBy: text(event.payload, 'actor') ?? '',
  }),
};
