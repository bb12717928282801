import type { AppState } from '@reprise/contracts';
import { text, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { mapWith } from '../maps.js';

export const appClientAttached: ChangingReducer<AppState> = {
  type: 'AppClientAttachedEvent',
  change: (app, { payload }) => {
    const id = text(payload, 'id');
    const client = {
      name: id,
      secret: text(payload, 'secret'),
      apiCallsLimit: 0,
      apiTrafficLimit: 0,
      allowAnonymous: false,
      role: textOrNull(payload, 'role') || 'Editor',
    };
    return { ...app, clients: mapWith(app.clients, id, client) };
  },
};
