import type { Upcaster } from '@reprise/event-store-core';
import { rawMember, spliceMembers } from '@reprise/json-text';

/** The proposed data is what the draft begins with; it stays text. */
export const contentUpdateProposed: Upcaster = {
  from: 'ContentUpdateProposedEvent',
  upcast: ({ payload, payloadText }) => ({
    type: 'ContentDraftCreatedEvent',
    payload: { ...payload, status: 'Draft' },
    payloadText: spliceMembers(payloadText, { migratedData: rawMember(payloadText, 'data', { ignoreCase: true }) ?? 'null', status: '"Draft"' }),
  }),
};
