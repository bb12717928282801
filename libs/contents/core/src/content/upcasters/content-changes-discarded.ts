import { upcaster } from '../../upcaster.js';

export const contentChangesDiscarded = upcaster('ContentChangesDiscardedEvent', 'ContentDraftDeletedEvent');
