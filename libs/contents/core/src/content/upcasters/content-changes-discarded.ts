import { upcaster } from '@reprise/event-store-core';

export const contentChangesDiscarded = upcaster('ContentChangesDiscardedEvent', 'ContentDraftDeletedEvent');
