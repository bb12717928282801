import { upcaster } from '../../upcaster.js';

export const contentUnpublished = upcaster('ContentUnpublishedEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Draft',
  change: 'Unpublished',
  newVersion: false,
}));
