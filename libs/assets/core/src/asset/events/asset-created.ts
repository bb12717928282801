import type { AssetState, EntityState } from '@reprise/contracts';
import type { RecordedEvent } from '@reprise/event-store-core';
import { integer, objectOrNull, text, textOrNull, texts } from '@reprise/json-text';
import { EMPTY_ID } from '@reprise/kernel';
import type { ChangingReducer, CreatingReducer } from '@reprise/read-models-core';
import { appIdOfStream } from '../../app-of-stream.js';
import { assetObjectKey } from '../../asset-object-key.js';

function create(event: RecordedEvent): Omit<AssetState, keyof EntityState> {
  const { payload } = event;
  const fileSize = integer(payload, 'fileSize');
  return {
    fileName: text(payload, 'fileName'),
    fileHash: textOrNull(payload, 'fileHash'),
    mimeType: text(payload, 'mimeType'),
    slug: text(payload, 'slug'),
    fileSize,
    fileVersion: integer(payload, 'fileVersion'),
    totalSize: fileSize,
    isProtected: false,
    tags: texts(payload, 'tags'),
    metadata: objectOrNull(payload, 'metadata') ?? {},
    type: textOrNull(payload, 'type') ?? 'Unknown',
    parentId: textOrNull(payload, 'parentId') ?? EMPTY_ID,
    appId: text(payload, 'appId'),
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
    createdBy: text(event.payload, 'actor'),
  }),
};
