import { upcaster } from '@reprise/event-store-core';
import { member } from '@reprise/json-text';

export const appContributorAssignedV1 = upcaster('AppContributorAssignedEvent', 'AppContributorAssignedEventV2', (payload) => ({
  role: member(payload, 'permission'),
  isCreated: false,
  isAdded: false,
}));
