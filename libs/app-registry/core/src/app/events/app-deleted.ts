import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appDeleted: ChangingReducer<AppState> = {
  type: 'AppDeletedEvent',
  change: (app) => ({ ...app, isDeleted: true }),
};
