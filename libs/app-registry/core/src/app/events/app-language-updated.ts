import type { AppState } from '@reprise/contracts';
import { flag, text, texts } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { withLanguage, withMaster } from '../languages.js';

export const appLanguageUpdated: ChangingReducer<AppState> = {
  type: 'AppLanguageUpdated',
  change: (app, { payload }) => {
    const code = text(payload, 'language');
    const languages = withLanguage(app.languages, code, { fallback: texts(payload, 'fallback'), isOptional: flag(payload, 'isOptional') });
    return { ...app, languages: flag(payload, 'isMaster') ? withMaster(languages, code) : languages };
  },
};
