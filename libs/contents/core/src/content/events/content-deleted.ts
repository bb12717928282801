import type { ContentState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

/** Soft: the content stays in the log and in archives. A permanent deletion has a stream of its own and nothing to change. */
export const contentDeleted: ChangingReducer<ContentState> = {
  type: 'ContentDeletedEvent',
  change: (state) => ({ ...state, isDeleted: true }),
};
