import type { AssetFolderState } from '@reprise/contracts';
import { reducersByType, type Projection } from '@reprise/read-models-core';
import { assetFolderCreated } from './events/asset-folder-created.js';
import { assetFolderDeleted } from './events/asset-folder-deleted.js';
import { assetFolderMoved } from './events/asset-folder-moved.js';
import { assetFolderRenamed } from './events/asset-folder-renamed.js';

/** How an asset folder is built from its stream. Listed by name. */
export const assetFolderProjection: Projection<AssetFolderState> = {
  kind: 'assetFolder',
  reducers: reducersByType<AssetFolderState>([assetFolderCreated, assetFolderDeleted, assetFolderMoved, assetFolderRenamed]),
  row: (folder) => ({ parent: folder.parentId, name: null, order: folder.folderName, visible: !folder.isDeleted, published: true }),
};
