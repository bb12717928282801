import type { AppState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { entryOf } from '../app/maps.js';
import { existingApp } from './existing-app.js';
import { assertRoom } from './room.js';

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** A code as `de` or `pt-BR` that stands for a language; undefined if it doesn't. */
export function languageName(code: string): string | undefined {
  try {
    return LANGUAGES.of(code);
  } catch {
    return undefined;
  }
}

/** Errors `apps.language-unknown`, `apps.language-exists`, `apps.too-many`. */
export function addLanguage(app: AppState | undefined, code: string): DecidedEvent[] {
  const { languages } = existingApp(app).languages;
  if (languageName(code) === undefined) {
    throw new RepriseError('invalid', 'apps.language-unknown', 'Validation error', {
      details: ['language: Language code is not a valid ISO code, for example de or pt-BR.'],
    });
  }
  if (entryOf(languages, code)) {
    throw new RepriseError('invalid', 'apps.language-exists', 'Validation error', { details: ['Language has already been added.'] });
  }
  assertRoom('languages', languages);
  return [{ type: 'AppLanguageAddedEvent', payload: { language: code } }];
}
