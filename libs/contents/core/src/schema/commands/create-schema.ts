import type { SchemaState } from '@reprise/contracts';
import { EMPTY_ID, RepriseError } from '@reprise/kernel';
import type { DecidedEvent } from '@reprise/read-models-core';
import { namedId } from '../../named-id.js';
import { invalid } from '../../problems.js';
import type { SchemaShape } from '../schema-shape.js';

/** What Squidex writes for the object's own part, which the event doesn't know yet. */
const UNBORN = {
  appId: null,
  isDeleted: false,
  id: EMPTY_ID,
  createdBy: null,
  lastModifiedBy: null,
  created: '1970-01-01T00:00:00Z',
  lastModified: '1970-01-01T00:00:00Z',
  version: -1,
};

/** `sameName` is a living schema of that name, if there is one. Error `schemas.name-taken`. */
export function createSchema(state: SchemaState | undefined, id: string, schema: SchemaShape, sameName: SchemaState | undefined): DecidedEvent[] {
  if (sameName) throw invalid('schemas.name-taken', ['A schema with the same name already exists.']);
  if (state) throw new RepriseError('conflict', 'schemas.id-taken', 'A schema with the same id already exists.');
  return [{ type: 'SchemaCreatedEventV2', payload: { schema: { ...schema, ...UNBORN }, schemaId: namedId(id, schema.name) } }];
}
