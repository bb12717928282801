import { upcaster } from '@reprise/event-store-core';

export const contentUnpublished = upcaster('ContentUnpublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Draft',
  change: 'Unpublished',
  newVersion: false,
}));
