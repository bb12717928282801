import { upcaster } from '../../upcaster.js';

export const contentChangesPublished = upcaster('ContentChangesPublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Published',
  change: 'Published',
  newVersion: false,
}));
