import { upcaster } from '@reprise/event-store-core';
import { textOrNull } from '@reprise/json-text';
import type { JsonObject } from '@reprise/json-text';

/** Blank scripts are none. */
export const scriptsConfigured = upcaster('ScriptsConfiguredEvent', 'SchemaScriptsConfiguredEvent', (payload) => ({
  scripts: {
    query: script(payload, 'scriptQuery'),
    create: script(payload, 'scriptCreate'),
    update: script(payload, 'scriptUpdate'),
    delete: script(payload, 'scriptDelete'),
    change: script(payload, 'scriptChange'),
  },
}));

function script(payload: JsonObject, name: string): string | null {
  return textOrNull(payload, name)?.trim() ? textOrNull(payload, name) : null;
}
