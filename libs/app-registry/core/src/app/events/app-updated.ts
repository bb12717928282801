import type { AppState } from '@reprise/contracts';
import { textOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const appUpdated: ChangingReducer<AppState> = {
  type: 'AppUpdatedEvent',
  change: (app, { payload }) => ({ ...app, label: textOrNull(payload, 'label'), description: textOrNull(payload, 'description') }),
};
