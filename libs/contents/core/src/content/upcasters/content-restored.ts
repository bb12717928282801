import { upcaster } from '../../upcaster.js';

export const contentRestored = upcaster('ContentRestoredEvent', 'ContentStatusChangedEventV2', () => ({
  status: 'Draft',
  change: 'Change',
  newVersion: false,
}));
