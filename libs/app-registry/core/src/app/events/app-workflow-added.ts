import type { AppState } from '@reprise/contracts';
import { text, textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { mapWith } from '../maps.js';
import { defaultWorkflow } from '../workflows.js';

export const appWorkflowAdded: ChangingReducer<AppState> = {
  type: 'AppWorkflowAddedEvent',
  change: (app, { payload }) => ({
    ...app,
    workflows: mapWith(app.workflows, text(payload, 'workflowId'), defaultWorkflow(textOrNull(payload, 'name'))),
  }),
};
