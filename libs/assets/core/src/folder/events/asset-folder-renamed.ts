import type { AssetFolderState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { text } from '../../payload.js';

export const assetFolderRenamed: ChangingReducer<AssetFolderState> = {
  type: 'AssetFolderRenamedEvent',
  change: (folder, { payload }) => {
    const folderName = text(payload, 'folderName') ?? folder.folderName;
    return folderName === folder.folderName ? folder : { ...folder, folderName };
  },
};
