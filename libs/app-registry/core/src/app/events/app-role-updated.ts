import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith, objectOrNull, text, texts } from '../read.js';

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
