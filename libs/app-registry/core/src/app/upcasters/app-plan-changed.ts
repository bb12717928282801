import { upcaster } from '@reprise/event-store-core';
import { text } from '@reprise/json-text';

/** Without a plan it was a reset. */
export const appPlanChangedV1 = upcaster('AppPlanChanged', (payload) => (text(payload, 'planId').trim() ? 'AppPlanChangedEvent' : 'AppPlanResetEvent'));
