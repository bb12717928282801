import { upcaster } from '@reprise/event-store-core';

export const contentChangesPublished = upcaster('ContentChangesPublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Published',
  change: 'Published',
  newVersion: false,
}));
