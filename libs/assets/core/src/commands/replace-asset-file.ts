import type { AssetState } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingAsset } from './existing-asset.js';
import type { UploadedFile } from './uploaded-file.js';

/** The same bytes again change nothing. Error `assets.not-found`. */
export function replaceAssetFile(state: AssetState | undefined, id: string, file: UploadedFile): DecidedEvent[] {
  const asset = existingAsset(state, id);
  if (file.sha256 === asset.fileHash) return [];
  return [
    {
      type: 'AssetUpdatedEventV2',
      eventId: file.uploadId,
      payload: {
        mimeType: file.mimeType,
        fileHash: file.sha256,
        fileSize: file.size,
        fileVersion: asset.fileVersion + 1,
        type: file.description.type,
        metadata: file.description.metadata,
        assetId: id,
      },
    },
  ];
}
