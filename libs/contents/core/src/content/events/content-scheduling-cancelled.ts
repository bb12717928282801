import type { ContentState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const contentSchedulingCancelled: ChangingReducer<ContentState> = {
  type: 'ContentSchedulingCancelledEvent',
  change: (state) => (state.scheduleJob ? { ...state, scheduleJob: null } : state),
};
