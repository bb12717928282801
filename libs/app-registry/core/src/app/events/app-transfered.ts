import type { AppState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appTransfered: ChangingReducer<AppState> = {
  type: 'AppTransferedEvent',
  change: (app, { payload }) => {
    const teamId = textOrNull(payload, 'teamId');
    return teamId === app.teamId ? app : { ...app, teamId };
  },
};
