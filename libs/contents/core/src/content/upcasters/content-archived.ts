import { upcaster } from '../../upcaster.js';

export const contentArchived = upcaster('ContentArchivedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Archived',
  change: 'Change',
  newVersion: false,
}));
