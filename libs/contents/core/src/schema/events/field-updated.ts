import type { SchemaState } from '@reprise/contracts';
import { member } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';
import { changeField } from '../change-fields.js';
import { asProperties } from '../field-types.js';

export const fieldUpdated: ChangingReducer<SchemaState> = {
  type: 'FieldUpdatedEvent',
  change: (state, event) => changeField(state, event, (field) => ({ ...field, properties: asProperties(member(event.payload, 'properties')) })),
};
