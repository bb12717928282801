import type { AssetState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

/** The file stays: backups hold the whole history. */
export const assetDeleted: ChangingReducer<AssetState> = {
  type: 'AssetDeletedEvent',
  change: (asset) => (asset.isDeleted ? asset : { ...asset, isDeleted: true }),
};
