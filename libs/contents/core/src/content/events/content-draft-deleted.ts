import type { ContentState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const contentDraftDeleted: ChangingReducer<ContentState> = {
  type: 'ContentDraftDeletedEvent',
  change: (state) => (state.newVersion || state.scheduleJob ? { ...state, newVersion: null, scheduleJob: null } : state),
};
