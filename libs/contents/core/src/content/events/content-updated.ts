import type { ContentState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { dataOf } from '../content-data.js';

/** Changes the draft where there is one. */
export const contentUpdated: ChangingReducer<ContentState> = {
  type: 'ContentUpdatedEvent',
  change: (state, event) => {
    const data = dataOf(event, 'data') ?? '{}';
    if (state.newVersion) return { ...state, newVersion: { ...state.newVersion, data } };
    return { ...state, currentVersion: { ...state.currentVersion, data } };
  },
};
