import { upcaster } from '@reprise/event-store-core';
import { EMPTY_ID } from '@reprise/kernel';

/** An app had one workflow then: the nameless slot. */
export const appWorkflowConfigured = upcaster('AppWorkflowConfiguredEvent', 'AppWorkflowUpdatedEvent', () => ({ workflowId: EMPTY_ID }));
