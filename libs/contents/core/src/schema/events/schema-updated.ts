import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { objectOrNull } from '../../payload.js';
import { schemaProperties } from '../schema-shape.js';

export const schemaUpdated: ChangingReducer<SchemaState> = {
  type: 'SchemaUpdatedEvent',
  change: (state, { payload }) => ({ ...state, properties: schemaProperties(objectOrNull(payload, 'properties')) }),
};
