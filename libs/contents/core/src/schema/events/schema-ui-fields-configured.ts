import type { SchemaState } from '@reprise/contracts';
import { textsOrNull } from '@reprise/json-text';
import type { ChangingReducer } from '@reprise/read-models-core';

export const schemaUIFieldsConfigured: ChangingReducer<SchemaState> = {
  type: 'SchemaUIFieldsConfiguredEvent',
  change: (state, { payload }) => ({
    ...state,
    fieldsInLists: textsOrNull(payload, 'fieldsInLists') ?? state.fieldsInLists,
    fieldsInReferences: textsOrNull(payload, 'fieldsInReferences') ?? state.fieldsInReferences,
  }),
};
