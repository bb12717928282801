import { member } from '@reprise/json-text';
import { EMPTY_ID } from '@reprise/kernel';
import { upcaster } from './upcaster.js';

/** An app had one workflow then: the nameless slot. */
export const appWorkflowConfigured = upcaster('AppWorkflowConfiguredEvent', 'AppWorkflowUpdatedEvent', (payload) => ({
  workflowId: EMPTY_ID,
  workflow: member(payload, 'workflow'),
}));
