import { member, text } from '@reprise/json-text';
import { upcaster } from './upcaster.js';

const planOf = (payload: Record<string, unknown>) => text(payload, 'planId').trim();

/** Without a plan it was a reset. */
export const appPlanChangedV1 = upcaster(
  'AppPlanChanged',
  (payload) => (planOf(payload) ? 'AppPlanChangedEvent' : 'AppPlanResetEvent'),
  (payload) => (planOf(payload) ? { planId: member(payload, 'planId') } : {}),
);
