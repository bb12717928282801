import type { Upcaster } from '@reprise/event-store-core';
import { member } from '@reprise/json-text';

export const assetRenamed: Upcaster = {
  from: 'AssetRenamedEvent',
  upcast: ({ payload, payloadText }) => ({
    type: 'AssetAnnotatedEvent',
    payload: { fileName: member(payload, 'fileName'), actor: member(payload, 'actor') },
    payloadText,
  }),
};
