import type { AssetFolderState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const assetFolderMoved: ChangingReducer<AssetFolderState> = {
  type: 'AssetFolderMovedEvent',
  change: (folder, { payload }) => {
    const parentId = textOrNull(payload, 'parentId') ?? folder.parentId;
    return parentId === folder.parentId ? folder : { ...folder, parentId };
  },
};
