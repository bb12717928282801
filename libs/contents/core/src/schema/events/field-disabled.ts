import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { setFieldFlag } from '../change-fields.js';

export const fieldDisabled: ChangingReducer<SchemaState> = {
  type: 'FieldDisabledEvent',
  change: (state, event) => setFieldFlag(state, event, 'isDisabled', true),
};
