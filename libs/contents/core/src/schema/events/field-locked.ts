import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { setFieldFlag } from '../change-fields.js';

export const fieldLocked: ChangingReducer<SchemaState> = {
  type: 'FieldLockedEvent',
  change: (state, event) => setFieldFlag(state, event, 'isLocked', true),
};
