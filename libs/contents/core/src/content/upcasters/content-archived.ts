import { upcaster } from '@reprise/event-store-core';

export const contentArchived = upcaster('ContentArchivedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Archived',
  change: 'Change',
  newVersion: false,
}));
