import type { AppState } from '@reprise/contracts';
import { objectOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { readSettings } from '../settings.js';

export const appSettingsUpdated: ChangingReducer<AppState> = {
  type: 'AppSettingsUpdatedEvent',
  change: (app, { payload }) => ({ ...app, settings: readSettings(objectOrNull(payload, 'settings') ?? {}) }),
};
