import type { Upcaster } from '@reprise/event-store-core';

/** The proposed data is what the draft begins with; it stays text. */
export const contentUpdateProposed: Upcaster = {
  from: 'ContentUpdateProposedEvent',
  upcast: ({ payload }) => ({ type: 'ContentDraftCreatedEvent', payload: { ...payload, migratedData: payload['data'] ?? null, status: 'Draft' } }),
};
