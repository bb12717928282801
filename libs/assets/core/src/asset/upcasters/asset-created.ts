import type { Upcaster } from '@reprise/event-store-core';
import { fromOldImage } from './old-image.js';

export const assetCreatedV1: Upcaster = {
  from: 'AssetCreatedEvent',
  upcast: ({ payload, payloadText }) => ({ type: 'AssetCreatedEventV2', payload: { ...payload, ...fromOldImage(payload) }, payloadText }),
};
