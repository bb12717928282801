import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWithout } from '../maps.js';

export const appContributorRemoved: ChangingReducer<AppState> = {
  type: 'AppContributorRemovedEvent',
  change: (app, { payload }) => {
    const id = text(payload, 'contributorId');
    return entryOf(app.contributors, id) === undefined ? app : { ...app, contributors: mapWithout(app.contributors, id) };
  },
};
