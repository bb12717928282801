import type { AssetState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { text } from '../../payload.js';

export const assetMoved: ChangingReducer<AssetState> = {
  type: 'AssetMovedEvent',
  change: (asset, { payload }) => {
    const parentId = text(payload, 'parentId') ?? asset.parentId;
    return parentId === asset.parentId ? asset : { ...asset, parentId };
  },
};
