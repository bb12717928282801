import type { SchemaState } from '@reprise/contracts';
import type { DecidedEvent } from '@reprise/read-models-core';
import { namedId } from '../../named-id.js';

/** Every event of a content ends with the content and its schema. */
export function contentEvent(type: string, own: Record<string, unknown>, contentId: string, schema: SchemaState): DecidedEvent {
  return { type, payload: { ...own, contentId, schemaId: namedId(schema.id, schema.name) } };
}
