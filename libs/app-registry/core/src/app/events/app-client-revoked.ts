import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWithout } from '../maps.js';

export const appClientRevoked: ChangingReducer<AppState> = {
  type: 'AppClientRevokedEvent',
  change: (app, { payload }) => {
    const id = text(payload, 'id');
    return entryOf(app.clients, id) ? { ...app, clients: mapWithout(app.clients, id) } : app;
  },
};
