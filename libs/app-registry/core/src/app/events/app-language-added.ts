import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withLanguage } from '../languages.js';
import { entryOf } from '../maps.js';

export const appLanguageAdded: ChangingReducer<AppState> = {
  type: 'AppLanguageAddedEvent',
  change: (app, { payload }) => {
    const code = text(payload, 'language');
    return entryOf(app.languages.languages, code) ? app : { ...app, languages: withLanguage(app.languages, code) };
  },
};
