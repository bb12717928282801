import type { SchemaState } from '@reprise/contracts';
import { objectOrNull, text } from '@reprise/json-text';
import type { CreatingReducer } from '@reprise/read-models-core';
import { schemaShape } from '../schema-shape.js';

/** The event holds the whole schema; ids and counts in it are placeholders. */
export const schemaCreated: CreatingReducer<SchemaState> = {
  type: 'SchemaCreatedEventV2',
  create: ({ payload }) => ({ ...schemaShape(objectOrNull(payload, 'schema') ?? {}), appId: text(payload, 'appId') }),
};
