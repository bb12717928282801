import { upcaster } from '@reprise/event-store-core';

export const assetRenamed = upcaster('AssetRenamedEvent', 'AssetAnnotatedEvent');
