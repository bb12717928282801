import { upcaster } from '@reprise/event-store-core';
import { fromOldImage } from './old-image.js';

export const assetUpdatedV1 = upcaster('AssetUpdated', 'AssetUpdatedEventV2', fromOldImage);
