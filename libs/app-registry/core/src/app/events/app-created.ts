import type { AppState } from '@reprise/contracts';
import { text } from '@reprise/json-text';
import type { CreatingReducer } from '@reprise/read-models-core';

export const appCreated: CreatingReducer<AppState> = {
  type: 'AppCreatedEvent',
  create: ({ payload }) => ({
    name: text(payload, 'name'),
    label: null,
    description: null,
    teamId: null,
    contributors: {},
    roles: {},
    plan: null,
    clients: {},
    image: null,
    settings: { patterns: [], editors: [], hideScheduler: false, hideDateTimeModeButton: false },
    assetScripts: { create: null, update: null, annotate: null, move: null, delete: null, query: null, queryPre: null },
    languages: { languages: { en: { fallback: [], isOptional: false } }, master: 'en' },
    workflows: {},
  }),
};
