import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith } from '../maps.js';

export const appContributorAssigned: ChangingReducer<AppState> = {
  type: 'AppContributorAssignedEventV2',
  change: (app, { payload }) => {
    const id = text(payload, 'contributorId');
    const role = text(payload, 'role');
    return entryOf(app.contributors, id) === role ? app : { ...app, contributors: mapWith(app.contributors, id, role) };
  },
};
