import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { objectOrNull } from '../read.js';
import { readSettings } from '../settings.js';

export const appSettingsUpdated: ChangingReducer<AppState> = {
  type: 'AppSettingsUpdatedEvent',
  change: (app, { payload }) => ({ ...app, settings: readSettings(objectOrNull(payload, 'settings') ?? {}) }),
};
