import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appImageRemoved: ChangingReducer<AppState> = {
  type: 'AppImageRemovedEvent',
  change: (app) => (app.image ? { ...app, image: null } : app),
};
