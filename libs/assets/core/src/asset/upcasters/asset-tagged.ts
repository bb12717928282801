import { upcaster } from '@reprise/event-store-core';

export const assetTagged = upcaster('AssetTaggedEvent', 'AssetAnnotatedEvent');
