import type { Upcaster } from '@reprise/event-store-core';
import { member } from '@reprise/json-text';

export const assetTagged: Upcaster = {
  from: 'AssetTaggedEvent',
  upcast: ({ payload, payloadText }) => ({
    type: 'AssetAnnotatedEvent',
    payload: { tags: member(payload, 'tags'), actor: member(payload, 'actor') },
    payloadText,
  }),
};
