import type { Upcaster } from '@reprise/event-store-core';
import { fromOldImage } from './old-image.js';

export const assetUpdatedV1: Upcaster = {
  from: 'AssetUpdated',
  upcast: ({ payload, payloadText }) => ({ type: 'AssetUpdatedEventV2', payload: { ...payload, ...fromOldImage(payload) }, payloadText }),
};
