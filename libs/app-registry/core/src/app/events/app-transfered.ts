import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { textOrNull } from '../read.js';

export const appTransfered: ChangingReducer<AppState> = {
  type: 'AppTransferedEvent',
  change: (app, { payload }) => {
    const teamId = textOrNull(payload, 'teamId');
    return teamId === app.teamId ? app : { ...app, teamId };
  },
};
