import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWithout } from '../maps.js';

export const appRoleDeleted: ChangingReducer<AppState> = {
  type: 'AppRoleDeletedEvent',
  change: (app, { payload }) => {
    const name = text(payload, 'name');
    return entryOf(app.roles, name) ? { ...app, roles: mapWithout(app.roles, name) } : app;
  },
};
