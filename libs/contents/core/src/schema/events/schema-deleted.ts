import type { SchemaState } from '@reprise/contracts';
import type { ChangingReducer } from '@reprise/read-models-core';

export const schemaDeleted: ChangingReducer<SchemaState> = {
  type: 'SchemaDeletedEvent',
  change: (state) => ({ ...state, isDeleted: true }),
};
