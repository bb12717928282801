import type { AssetFolderState } from '@reprise/contracts';
import { EMPTY_ID } from '@reprise/kernel';
import type { CreatingReducer } from '@reprise/read-models-core';
import { text } from '../../payload.js';

export const assetFolderCreated: CreatingReducer<AssetFolderState> = {
  type: 'AssetFolderCreatedEvent',
  create: ({ payload }) => ({
    folderName: text(payload, 'folderName') ?? '',
    parentId: text(payload, 'parentId') ?? EMPTY_ID,
    appId: text(payload, 'appId') ?? '',
  }),
};
