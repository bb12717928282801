import { upcaster } from '@reprise/event-store-core';
import { textOrNull } from '@reprise/json-text';

const CHANGES = ['Change', 'Published', 'Unpublished'];

export const contentStatusChangedV1 = upcaster('ContentStatusChangedEvent', 'ContentStatusChangedEventV2', (payload) => {
  const change = textOrNull(payload, 'change');
  return { status: textOrNull(payload, 'status') ?? 'Draft', change: change !== null && CHANGES.includes(change) ? change : 'Change', newVersion: false };
});
