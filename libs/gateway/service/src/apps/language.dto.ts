import type { AppState } from '@reprise/contracts';
import { get, path, post } from '../http/links.js';

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

/** Squidex's AppLanguagesDto: the master first, then by code. */
export function languagesDto(app: AppState) {
  const { languages, master } = app.languages;
  const self = path`/api/apps/${app.name}/languages`;
  const items = Object.entries(languages)
    .map(([iso2Code, { fallback, isOptional }]) => ({
      iso2Code,
      englishName: englishName(iso2Code),
      fallback,
      isMaster: iso2Code === master,
      isOptional,
      _links: {},
    }))
    .sort((a, b) => Number(b.isMaster) - Number(a.isMaster) || (a.iso2Code < b.iso2Code ? -1 : 1));
  return { items, _links: { self: get(self), create: post(self) } };
}

/** An archive may name a language that isn't one: its code then. */
function englishName(code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
