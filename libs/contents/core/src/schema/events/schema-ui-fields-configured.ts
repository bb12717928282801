import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';
import { textsOrNull } from '../../payload.js';

export const schemaUIFieldsConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaUIFieldsConfiguredEvent',
  change: (state, { payload }) => ({
    ...state,
    fieldsInLists: textsOrNull(payload, 'fieldsInLists') ?? state.fieldsInLists,
    fieldsInReferences: textsOrNull(payload, 'fieldsInReferences') ?? state.fieldsInReferences,
  }),
};
