import type { SchemaState } from '@reprise/contracts';
import { RepriseError } from '@reprise/kernel';

export function schemaNotFound(): RepriseError {
  return new RepriseError('not-found', 'schemas.not-found', 'There is no such schema in this app.');
}

/** The schema, if it lives. Error `schemas.not-found`. */
export function existingSchema(schema: SchemaState | undefined): SchemaState {
  if (!schema || schema.isDeleted) throw schemaNotFound();
  return schema;
}

/** Contents are only reached through a published schema, as in Squidex. Error `schemas.not-found`. */
export function publishedSchema(schema: SchemaState | undefined): SchemaState {
  const existing = existingSchema(schema);
  if (!existing.isPublished) throw schemaNotFound();
  return existing;
}
