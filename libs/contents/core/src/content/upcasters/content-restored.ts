import { upcaster } from '@reprise/event-store-core';

export const contentRestored = upcaster('ContentRestoredEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Draft',
  change: 'Change',
  newVersion: false,
}));
