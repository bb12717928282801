import type { AssetState } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingAsset } from './existing-asset.js';

/** The files stay in the store, for backups hold the whole history. Error `assets.not-found`. */
export function deleteAsset(state: AssetState | undefined, id: string): DecidedEvent[] {
  const asset = existingAsset(state, id);
  return [{ type: 'AssetDeletedEvent', payload: { deletedSize: asset.totalSize, oldTags: asset.tags, assetId: id } }];
}
