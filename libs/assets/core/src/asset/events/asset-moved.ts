import type { AssetState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const assetMoved: ChangingReducer<AssetState> = {
  type: 'AssetMovedEvent',
  change: (asset, { payload }) => {
    const parentId = textOrNull(payload, 'parentId') ?? asset.parentId;
    return parentId === asset.parentId ? asset : { ...asset, parentId };
  },
};
