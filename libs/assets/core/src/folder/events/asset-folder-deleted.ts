import type { AssetFolderState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

/** What lies in the folder is not touched by this event. */
export const assetFolderDeleted: ChangingReducer<AssetFolderState> = {
  type: 'AssetFolderDeletedEvent',
  change: (folder) => (folder.isDeleted ? folder : { ...folder, isDeleted: true }),
};
