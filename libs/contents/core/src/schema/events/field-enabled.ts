import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { setFieldFlag } from '../change-fields.js';

export const fieldEnabled: ChangingReducer<SchemaState> = {
  type: 'FieldEnabledEvent',
  change: (state, event) => setFieldFlag(state, event, 'isDisabled', false),
};
