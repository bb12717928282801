import type { AssetFolderState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const assetFolderRenamed: ChangingReducer<AssetFolderState> = {
  type: 'AssetFolderRenamedEvent',
  change: (folder, { payload }) => {
    const folderName = textOrNull(payload, 'folderName') ?? folder.folderName;
    return folderName === folder.folderName ? folder : { ...folder, folderName };
  },
};
