import { workflowOf } from '@reprise/app-registry-core';
import type { ContentState, SchemaState } from '@reprise/contracts';
import { RawJson } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { PUBLISHED } from '../status.js';
import { type AppSettings, normalizeData, validateData } from '../validate-data.js';
import { checkStatus } from './change-status.js';
import { contentEvent } from './content-event.js';

export interface NewContent {
  id: string;
  schema: SchemaState;
  app: AppSettings;
  /** JSON text. */
  data: string;
  publish?: boolean | undefined;
  status?: string | undefined;
}

/**
 * Begins where the workflow begins; another status is a second event, as in Squidex. An id may be used again once its content is deleted.
 * Errors: `contents.id-taken` (conflict), `contents.invalid`, `contents.status-invalid`.
 */
export function createContent(state: ContentState | undefined, { id, schema, app, data, publish, status }: NewContent): DecidedEvent[] {
  if (state && !state.isDeleted) throw new RepriseError('conflict', 'contents.id-taken', 'A content with the same id already exists.');
  const workflow = workflowOf(app, schema.id);
  const target = status ?? (publish ? PUBLISHED : workflow.initial);
  checkStatus(target, workflow);
  const normalized = normalizeData(data);
  validateData(normalized, { schema, app, publish: target === PUBLISHED });
  const created = contentEvent('ContentCreatedEventV2', { status: workflow.initial, data: new RawJson(normalized) }, id, schema);
  if (target === workflow.initial) return [created];
  const change = target === PUBLISHED ? 'Published' : 'Change';
  return [created, contentEvent('ContentStatusChangedEventV2', { change, status: target, newVersion: false }, id, schema)];
}
