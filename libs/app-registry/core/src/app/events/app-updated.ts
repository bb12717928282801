import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { textOrNull } from '../read.js';

export const appUpdated: ChangingReducer<AppState> = {
  type: 'AppUpdatedEvent',
  change: (app, { payload }) => ({ ...app, label: textOrNull(payload, 'label'), description: textOrNull(payload, 'description') }),
};
