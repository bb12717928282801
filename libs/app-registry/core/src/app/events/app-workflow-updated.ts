import type { AppState } from '@reprise/contracts';
import { objectOrNull, text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { EMPTY_ID } from '@reprise/kernel';
import { entryOf, mapWith } from '../maps.js';
import { readWorkflow } from '../workflows.js';

/** An unknown id has no effect, but the empty one is the nameless slot of times when an app had one workflow. */
export const appWorkflowUpdated: ChangingReducer<AppState> = {
  type: 'AppWorkflowUpdatedEvent',
  change: (app, { payload }) => {
    const id = text(payload, 'workflowId') || EMPTY_ID;
    const workflow = objectOrNull(payload, 'workflow');
    if (!workflow || (id !== EMPTY_ID && !entryOf(app.workflows, id))) return app;
    return { ...app, workflows: mapWith(app.workflows, id, readWorkflow(workflow)) };
  },
};
