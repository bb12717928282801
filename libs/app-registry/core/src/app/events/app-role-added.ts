import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith } from '../maps.js';

export const appRoleAdded: ChangingReducer<AppState> = {
  type: 'AppRoleAddedEvent',
  change: (app, { payload }) => {
    const name = text(payload, 'name');
    return entryOf(app.roles, name) ? app : { ...app, roles: mapWith(app.roles, name, { permissions: [], properties: {} }) };
  },
};
