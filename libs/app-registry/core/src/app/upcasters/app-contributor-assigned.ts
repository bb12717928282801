import { member } from '@reprise/json-text';
import { upcaster } from './upcaster.js';

export const appContributorAssignedV1 = upcaster('AppContributorAssignedEvent', 'AppContributorAssignedEventV2', (payload) => ({
  contributorId: member(payload, 'contributorId'),
  role: member(payload, 'permission'),
  isCreated: false,
  isAdded: false,
}));
