import { upcaster } from '@reprise/event-store-core';

export const contentPublished = upcaster('ContentPublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Published',
  change: 'Published',
  newVersion: false,
}));
