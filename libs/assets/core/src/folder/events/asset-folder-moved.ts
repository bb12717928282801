import type { AssetFolderState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { text } from '../../payload.js';

export const assetFolderMoved: ChangingReducer<AssetFolderState> = {
  type: 'AssetFolderMovedEvent',
  change: (folder, { payload }) => {
    const parentId = text(payload, 'parentId') ?? folder.parentId;
    return parentId === folder.parentId ? folder : { ...folder, parentId };
  },
};
