import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withOldPattern } from '../settings.js';

/** Old; adds, as in Squidex: what it replaces can't be told, since settings keep no pattern ids. */
export const appPatternUpdated: ChangingReducer<AppState> = {
  type: 'AppPatternUpdatedEvent',
  change: (app, { payload }) => ({ ...app, settings: withOldPattern(app.settings, payload) }),
};
