import type { ContentState, SchemaState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';
import { idOfNamed } from '../named-id.js';

export function contentNotFound(): RepriseError {
  return new RepriseError('not-found', 'contents.not-found', 'There is no such content in this schema, or it is not published.');
}

/** The content, if it lives and belongs to the schema. Error `contents.not-found`. */
export function existingContent(content: ContentState | undefined, schema: SchemaState): ContentState {
  if (!content || content.isDeleted || idOfNamed(content.schemaId) !== schema.id) throw contentNotFound();
  return content;
}
