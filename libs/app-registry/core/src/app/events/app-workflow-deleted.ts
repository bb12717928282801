import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { entryOf, mapWithout } from '../maps.js';

export const appWorkflowDeleted: ChangingReducer<AppState> = {
  type: 'AppWorkflowDeletedEvent',
  change: (app, { payload }) => {
    const id = text(payload, 'workflowId');
    return entryOf(app.workflows, id) ? { ...app, workflows: mapWithout(app.workflows, id) } : app;
  },
};
