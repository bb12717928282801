import type { AssetState } from '@reprise/contracts';
import { reducersByType, type Projection } from '@reprise/read-models-core';
import { assetAnnotated } from './events/asset-annotated.js';
import { assetCreated } from './events/asset-created.js';
import { assetDeleted } from './events/asset-deleted.js';
import { assetMoved } from './events/asset-moved.js';
import { assetUpdated } from './events/asset-updated.js';

/** How an asset is built from its stream. Found by slug, listed by the time of its last change. */
export const assetProjection: Projection<AssetState> = {
  kind: 'asset',
  reducers: reducersByType<AssetState>([assetAnnotated, assetCreated, assetDeleted, assetMoved, assetUpdated]),
  row: (asset) => ({ parent: asset.parentId, name: asset.slug, order: asset.lastModified, visible: !asset.isDeleted, published: true }),
  ofInstallation: ['objectKey'],
};
