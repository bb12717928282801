import type { ContentState, SchemaState } from '@reprise/contracts';
import { RawJson } from '@reprise/json-text';
import { RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { DRAFT, PUBLISHED } from '../status.js';
import { normalizeData, validateData } from '../validate-data.js';
import { checkStatus } from './change-status.js';
import { contentEvent } from './content-event.js';

export interface NewContent {
  id: string;
  schema: SchemaState;
  /** JSON text. */
  data: string;
  publish?: boolean | undefined;
  status?: string | undefined;
}

/**
 * Begins as a draft; another status is a second event, as in Squidex. An id may be used again once its content is deleted.
 * Errors: `contents.id-taken` (conflict), `contents.invalid`, `contents.status-invalid`.
 */
export function createContent(state: ContentState | undefined, { id, schema, data, publish, status }: NewContent): DecidedEvent[] {
  if (state && !state.isDeleted) throw new RepriseError('conflict', 'contents.id-taken', 'A content with the same id already exists.');
  const target = status ?? (publish ? PUBLISHED : DRAFT);
  checkStatus(target);
  const normalized = normalizeData(data);
  validateData(normalized, { schema, publish: target === PUBLISHED });
  const created = contentEvent('ContentCreatedEventV2', { status: DRAFT, data: new RawJson(normalized) }, id, schema);
  if (target === DRAFT) return [created];
  const change = target === PUBLISHED ? 'Published' : 'Change';
  return [created, contentEvent('ContentStatusChangedEventV2', { change, status: target, newVersion: false }, id, schema)];
}
