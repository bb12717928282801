import type { AppState } from '@reprise/contracts';
import { flagOrNull, numberOrNull, text, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWith } from '../maps.js';

/** What is null stays as it is. */
export const appClientUpdated: ChangingReducer<AppState> = {
  type: 'AppClientUpdatedEventV2',
  change: (app, { payload }) => {
    const id = text(payload, 'id');
    const client = entryOf(app.clients, id);
    if (!client) return app;
    const changed = {
      ...client,
      name: textOrNull(payload, 'name') || client.name,
      role: textOrNull(payload, 'role') || client.role,
      apiCallsLimit: numberOrNull(payload, 'apiCallsLimit') ?? client.apiCallsLimit,
      apiTrafficLimit: numberOrNull(payload, 'apiTrafficLimit') ?? client.apiTrafficLimit,
      allowAnonymous: flagOrNull(payload, 'allowAnonymous') ?? client.allowAnonymous,
    };
    return { ...app, clients: mapWith(app.clients, id, changed) };
  },
};
