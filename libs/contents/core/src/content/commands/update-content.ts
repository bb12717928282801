import type { ContentState, SchemaState } from '@reprise/contracts';
import { RawJson } from '@reprise/json-text';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingContent } from '../existing-content.js';
import { editedVersion, PUBLISHED } from '../status.js';
import { type AppSettings, normalizeData, validateData } from '../validate-data.js';
import { contentEvent } from './content-event.js';

/** Replaces the data of what is edited; the same data again is no change. Errors: `contents.not-found`, `contents.invalid`. */
export function updateContent(state: ContentState | undefined, schema: SchemaState, app: AppSettings, data: string): DecidedEvent[] {
  const content = existingContent(state, schema);
  const before = editedVersion(content);
  const normalized = normalizeData(data);
  validateData(normalized, { schema, app, publish: before.status === PUBLISHED, before: before.data });
  if (normalized === before.data) return [];
  return [contentEvent('ContentUpdatedEvent', { data: new RawJson(normalized), newVersion: false }, content.id, schema)];
}
