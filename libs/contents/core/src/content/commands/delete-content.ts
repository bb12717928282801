import type { ContentState, SchemaState } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { existingContent } from '../existing-content.js';
import { contentEvent } from './content-event.js';

/** Soft: the content stays in the log and in archives. Error `contents.not-found`. */
export function deleteContent(state: ContentState | undefined, schema: SchemaState): DecidedEvent[] {
  const content = existingContent(state, schema);
  return [contentEvent('ContentDeletedEvent', {}, content.id, schema)];
}
