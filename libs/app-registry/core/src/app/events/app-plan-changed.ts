import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { text } from '../read.js';

/** Whoever chose the plan owns it. */
export const appPlanChanged: ChangingReducer<AppState> = {
  type: 'AppPlanChangedEvent',
  change: (app, { payload }) => ({ ...app, plan: { owner: text(payload, 'actor'), planId: text(payload, 'planId') } }),
};
