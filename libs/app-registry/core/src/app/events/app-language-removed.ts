import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withoutLanguage } from '../languages.js';
import { entryOf } from '../maps.js';

export const appLanguageRemoved: ChangingReducer<AppState> = {
  type: 'AppLanguageRemovedEvent',
  change: (app, { payload }) => {
    const code = text(payload, 'language');
    if (!entryOf(app.languages.languages, code)) return app;
    const languages = withoutLanguage(app.languages, code);
    return languages === app.languages ? app : { ...app, languages };
  },
};
