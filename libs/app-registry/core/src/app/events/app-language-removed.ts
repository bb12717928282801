import type { AppState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withoutLanguage } from '../languages.js';
import { entryOf, text } from '../read.js';

export const appLanguageRemoved: ChangingReducer<AppState> = {
  type: 'AppLanguageRemovedEvent',
  change: (app, { payload }) => {
    const code = text(payload, 'language');
    if (!entryOf(app.languages.languages, code)) return app;
    const languages = withoutLanguage(app.languages, code);
    return languages === app.languages ? app : { ...app, languages };
  },
};
