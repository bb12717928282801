import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

/** Whoever chose the plan owns it. */
export const appPlanChanged: ChangingReducer<AppState> = {
  type: 'AppPlanChangedEvent',
  change: (app, { payload }) => ({ ...app, plan: { owner: text(payload, 'actor'), planId: text(payload, 'planId') } }),
};
