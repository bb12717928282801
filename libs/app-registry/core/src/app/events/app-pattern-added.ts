import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withOldPattern } from '../settings.js';

/** Old, but its effect depends on the settings at the time, so it is no upcaster's work. */
export const appPatternAdded: ChangingReducer<AppState> = {
  type: 'AppPatternAddedEvent',
  change: (app, { payload }) => ({ ...app, settings: withOldPattern(app.settings, payload) }),
};
