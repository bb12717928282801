import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { setFieldFlag } from '../change-fields.js';

export const fieldShown: ChangingReducer<SchemaState> = {
  type: 'FieldShownEvent',
  change: (state, event) => setFieldFlag(state, event, 'isHidden', false),
};
