import type { AssetState } from '@reprise/contracts';
import { integer, integerOrNull, objectOrNull, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { appIdOfStream } from '../../app-of-stream.js';
import { assetObjectKey } from '../../asset-object-key.js';

/** The same file again has no effect; its event and object stay nevertheless. */
export const assetUpdated: ChangingReducer<AssetState> = {
  type: 'AssetUpdatedEventV2',
  change: (asset, event) => {
    const { payload } = event;
    const fileHash = textOrNull(payload, 'fileHash');
    if (fileHash === asset.fileHash) return asset;
    const fileSize = integer(payload, 'fileSize');
    return {
      ...asset,
      fileHash,
      mimeType: textOrNull(payload, 'mimeType') ?? asset.mimeType,
      fileSize,
      fileVersion: integerOrNull(payload, 'fileVersion') ?? asset.fileVersion,
      totalSize: asset.totalSize + fileSize,
      type: textOrNull(payload, 'type') ?? 'Unknown',
      metadata: objectOrNull(payload, 'metadata') ?? {},
      objectKey: assetObjectKey(appIdOfStream(event.stream), event),
    };
  },
};
