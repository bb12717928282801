import type { SchemaState } from '@reprise/contracts';
import { objectOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { schemaProperties } from '../schema-shape.js';

export const schemaUpdated: ChangingReducer<SchemaState> = {
  type: 'SchemaUpdatedEvent',
  change: (state, { payload }) => ({ ...state, properties: schemaProperties(objectOrNull(payload, 'properties')) }),
};
