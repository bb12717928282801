import type { AssetFolderState } from '@reprise/contracts';
import { text, textOrNull } from '@reprise/json-text';
import { EMPTY_ID } from '@reprise/kernel';
import type { CreatingReducer } from '@reprise/read-models-core';

export const assetFolderCreated: CreatingReducer<AssetFolderState> = {
  type: 'AssetFolderCreatedEvent',
  create: ({ payload }) => ({
    folderName: text(payload, 'folderName'),
    parentId: textOrNull(payload, 'parentId') ?? EMPTY_ID,
    appId: text(payload, 'appId'),
  }),
};
