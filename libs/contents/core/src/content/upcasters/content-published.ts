import { upcaster } from '../../upcaster.js';

export const contentPublished = upcaster('ContentPublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Published',
  change: 'Published',
  newVersion: false,
}));
