import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith, text } from '../read.js';

export const appRoleAdded: ChangingReducer<AppState> = {
  type: 'AppRoleAddedEvent',
  change: (app, { payload }) => {
    const name = text(payload, 'name');
    return entryOf(app.roles, name) ? app : { ...app, roles: mapWith(app.roles, name, { permissions: [], properties: {} }) };
  },
};
