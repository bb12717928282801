import type { AppState } from '@reprise/contracts';
import { entryOf, mapWith, mapWithout } from './maps.js';

export type Languages = AppState['languages'];
type Language = Languages['languages'][string];

/**
 * What always holds: the master is one of the languages, is never optional and falls back to nothing; a language falls
 * back only to others that exist.
 */
function tidy(languages: Languages['languages'], master: string): Languages {
  const tidied = Object.entries(languages).map(([code, { fallback, isOptional }]): [string, Language] => {
    if (code === master) return [code, { fallback: [], isOptional: false }];
    return [code, { fallback: fallback.filter((other) => other !== code && entryOf(languages, other)), isOptional }];
  });
  return { languages: Object.fromEntries(tidied), master };
}

export function withLanguage(languages: Languages, code: string, config: Language = { fallback: [], isOptional: false }): Languages {
  return tidy(mapWith(languages.languages, code, config), languages.master);
}

export function withMaster(languages: Languages, code: string): Languages {
  return tidy(languages.languages, code);
}

/** The last language stays; without the master another one takes its place. */
export function withoutLanguage(languages: Languages, code: string): Languages {
  const left = mapWithout(languages.languages, code);
  const first = Object.keys(left)[0];
  if (first === undefined) return languages;
  return tidy(left, code === languages.master ? first : languages.master);
}
