import type { AppState } from '@reprise/contracts';
import { objectOrNull, text, texts } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith } from '../maps.js';

export const appRoleUpdated: ChangingReducer<AppState> = {
  type: 'AppRoleUpdatedEvent',
  change: (app, { payload }) => {
    const name = text(payload, 'name');
    const role = entryOf(app.roles, name);
    if (!role) return app;
    const changed = { permissions: texts(payload, 'permissions'), properties: objectOrNull(payload, 'properties') ?? role.properties };
    return { ...app, roles: mapWith(app.roles, name, changed) };
  },
};
