import { upcaster } from '@reprise/event-store-core';
import { fromOldImage } from './old-image.js';

export const assetCreatedV1 = upcaster('AssetCreatedEvent', 'AssetCreatedEventV2', fromOldImage);
