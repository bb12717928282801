import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appPlanReset: ChangingReducer<AppState> = {
  type: 'AppPlanResetEvent',
  change: (app) => (app.plan ? { ...app, plan: null } : app),
};
