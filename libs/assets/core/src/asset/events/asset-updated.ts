import type { AssetState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { appIdOfStream } from '../../app-of-stream.js';
import { assetObjectKey } from '../../asset-object-key.js';
import { integer, object, text } from '../../payload.js';

/** The same file again has no effect; its event and object stay nevertheless. */
export const assetUpdated: ChangingReducer<AssetState> = {
  type: 'AssetUpdatedEventV2',
  change: (asset, event) => {
    const { payload } = event;
    const fileHash = text(payload, 'fileHash') ?? null;
    if (fileHash === asset.fileHash) return asset;
    const fileSize = integer(payload, 'fileSize') ?? 0;
    return {
      ...asset,
      fileHash,
      mimeType: text(payload, 'mimeType') ?? asset.mimeType,
      fileSize,
      fileVersion: integer(payload, 'fileVersion') ?? asset.fileVersion,
      totalSize: asset.totalSize + fileSize,
      type: text(payload, 'type') ?? 'Unknown',
      metadata: object(payload, 'metadata') ?? {},
      objectKey: assetObjectKey(appIdOfStream(event.stream), event),
    };
  },
};
